// account-interest.js -- The interest of a period, explained: balance x days = product, the products' sum x
// rate / 360 = interest; from the very walk that settles it.
import { html, useState } from './vendor.js';
import { t } from './texts.js';
import { Select } from './ui.js';
import { amount, isZero } from './amount.js';
import { count } from './format.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { Agrees, transferPage } from './books-base.js';
import { rateText } from './rates.js';

/** So many spans are shown before somebody asks for all; the sums are always of all. */
const LAST = 12;

/** @param {{d: any}} p */
function Spans({ d }) {
    const [all, setAll] = useState(false);
    const shown = all ? d.spans : d.spans.slice(-LAST);
    const both = d.spans.some((/** @type {any} */ s) => s.debit);
    return html`
      ${shown.length < d.spans.length && html`
        <p>
          <button type="button" class="btn btn-small" onClick=${() => setAll(true)}>
            ${t('interest.all', { n: d.spans.length, last: LAST })}
          </button>
        </p>
      `}
      <${Scroll} label=${t('interest.spans')}>
        <table class="table table-tight table-phone table-phone-two">
          <thead>
            <tr>
              <th>${t('interest.from')}</th>
              <th>${t('interest.until')}</th>
              <th class="r">${t('books.balance')}</th>
              <th class="r">${t('interest.units')}</th>
              <th class="r">${t('interest.days')}</th>
              <th class="r">${t('interest.product')}</th>
              <th class="r">${t('prod.rate')}</th>
              ${both && html`<th>${t('prod.side')}</th>`}
            </tr>
          </thead>
          <tbody>
            ${shown.map(
                (/** @type {any} */ s) => html`
                  <tr key=${s.from + s.debit}>
                    <td class="num nowrap">${s.from}</td>
                    <td class="num nowrap">${s.until}</td>
                    <td class="r">${amount(s.balance)}</td>
                    <td class="r">${count(s.units)}</td>
                    <td class="r">× ${s.days}</td>
                    <td class="r"><strong>= ${count(s.unit_days)}</strong></td>
                    <td class="r nowrap">${rateText(s.rate_ppm)}</td>
                    ${both && html`<td>${t(s.debit ? 'interest.debit' : 'interest.credit')}</td>`}
                  </tr>
                `,
            )}
          </tbody>
          <tfoot>
            ${d.sums.map(
                (/** @type {any} */ s) => html`
                  <tr key=${s.rate_ppm + String(s.debit)}>
                    <th scope="row" colspan="4">
                      ${t(s.debit ? 'interest.sum.debit' : 'interest.sum')}
                    </th>
                    <td class="r">${s.days}</td>
                    <td class="r">${count(s.unit_days)}</td>
                    <td class="r nowrap">${rateText(s.rate_ppm)}</td>
                    ${both && html`<td></td>`}
                  </tr>
                `,
            )}
          </tfoot>
        </table>
      <//>
    `;
}

/** One side in one line: sum x rate / base, rounded once. @param {{d: any, debit: boolean}} p */
function Line({ d, debit }) {
    const sums = d.sums.filter((/** @type {any} */ s) => s.debit === debit);
    if (!sums.length) return null;
    const terms = sums.map(
        (/** @type {any} */ s) => count(s.unit_days) + ' × ' + rateText(s.rate_ppm),
    );
    return html`
      <p class="explain-sum">
        ${sums.length > 1 ? '(' + terms.join(' + ') + ')' : terms[0]} ÷ ${d.day_base} = ${' '}
        <strong class="num">${amount(debit ? d.debit : d.credit)}</strong>${' '}
        <span class="small muted">
          ${t(debit ? 'interest.owed' : 'interest.earned', { currency: d.currency })}
        </span>
      </p>
    `;
}

/** @param {{d: any}} p */
function ByProduct({ d }) {
    return html`
      <p class="small muted">
        ${t('interest.rule', { base: d.day_base })}
        ${
          d.posted
              ? ''
              : ' ' + t('interest.next', { settles: d.settles, posts: d.posts, until: d.until })
        }
      </p>
      ${
        d.spans.length === 0
            ? html`<p class="empty">${t('interest.none')}</p>`
            : html`<${Spans} d=${d} />`
      }
      <div class="card explain stack-s">
        <${Line} d=${d} debit=${false} />
        <${Line} d=${d} debit=${true} />
        ${d.spans.length > 0 && html`<p class="small muted">${t('interest.round')}</p>`}
        ${d.posted && html`
          <p class="row-s">
            <a href=${transferPage(d.posted.transfer)}>
              ${t('interest.posted', { date: d.posted.posted, n: amount(d.posted.credit) })}
            </a>
            <${Agrees} a=${d.credit} b=${d.posted.credit} />
          </p>
          ${d.posted.credit !== d.credit && html`<p class="small">${t('interest.late')}</p>`}
          ${!isZero(d.posted.adjusted) && html`
            <p class="small">${t('interest.adjusted', { n: amount(d.posted.adjusted) })}</p>
          `}
        `}
      </div>
    `;
}

/** @param {{d: any}} p */
function ByDeposit({ d }) {
    if (isZero(d.principal)) return html`<p class="empty">${t('interest.none')}</p>`;
    return html`
      <p class="small muted">${t(d.notice ? 'interest.rule.notice' : 'interest.rule.term')}</p>
      <div class="card explain stack-s">
        ${!d.notice && html`
          <p class="explain-sum">
            ${amount(d.principal)} × ${d.months} ÷ 12 × ${rateText(d.rate_ppm)} =
            <strong class="num">${amount(d.at_maturity)}</strong>
            <span class="small muted">
              ${t('interest.maturity', { from: d.begins, date: d.matures })}
            </span>
          </p>
        `}
        ${!d.ended && html`
          <p class="explain-sum">
            ${t('interest.today', { date: d.business_date })}
            <strong class="num"> ${amount(d.if_drawn_today)}</strong>
          </p>
        `}
      </div>
    `;
}

/** Of a customer's account. @param {{number: string}} p */
export function Interest({ number }) {
    const [until, setUntil] = useState('');
    const l = useLoad(
        `/api/deposits/${encodeURIComponent(number)}/interest` + (until ? '?until=' + until : ''),
    );
    const wait = state(l);
    const d = l.data;
    return html`
      <section class="stack" aria-labelledby="interest-title">
        <div class="row row-between">
          <div>
            <h2 id="interest-title">${t('interest.title')}</h2>
            ${d && d.method === 'product' && html`
              <p class="small muted num">
                ${t('interest.period', { from: d.from, until: d.until })}
              </p>
            `}
          </div>
          ${d && d.method === 'product' && d.settlements.length > 0 && html`
            <${Select}
                label=${t('interest.which')} value=${until} onInput=${setUntil}
                options=${[
                    { value: '', text: t('interest.running') },
                    ...d.settlements.map((/** @type {any} */ s) => ({
                        value: s.until,
                        text: t('interest.of', { from: s.from, until: s.until }),
                    })),
                ]} />
          `}
        </div>
        ${wait}
        ${
          d &&
          (d.method === 'product' ? html`<${ByProduct} d=${d} />` : html`<${ByDeposit} d=${d} />`)
        }
      </section>
    `;
}
