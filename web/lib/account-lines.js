// account-lines.js -- The lines of an account, newest first, with filters; each opens to its transfer.
import { html, useState } from './vendor.js';
import { t } from './texts.js';
import { get } from './api.js';
import { Field, Select, toastProblem } from './ui.js';
import { amount } from './amount.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { Figure, accountPage, transferPage } from './books-base.js';

const EMPTY = { from: '', until: '', min: '', max: '', side: '', memo: '' };

/** @param {{onFilter: (v: any) => void}} p */
function Filter({ onFilter }) {
    const [v, setV] = useState(/** @type {Record<string, string>} */ (EMPTY));
    const put = (/** @type {string} */ k) => (/** @type {string} */ x) => setV({ ...v, [k]: x });
    return html`
      <form
          class="acct-filter" aria-label=${t('acct.filter')}
          onSubmit=${(/** @type {any} */ e) => {
              e.preventDefault();
              onFilter(v);
          }}>
        <${Field} label=${t('books.from')} type="date" value=${v.from} onInput=${put('from')} />
        <${Field} label=${t('books.until')} type="date" value=${v.until} onInput=${put('until')} />
        <${Field}
            label=${t('books.min')} value=${v.min} onInput=${put('min')} inputmode="decimal" />
        <${Field}
            label=${t('books.max')} value=${v.max} onInput=${put('max')} inputmode="decimal" />
        <${Select}
            label=${t('acct.side')} value=${v.side} onInput=${put('side')}
            options=${['', 'debit', 'credit'].map((x) => ({
                value: x,
                text: t('acct.side.' + (x || 'both')),
            }))} />
        <${Field} label=${t('acct.memo')} value=${v.memo} onInput=${put('memo')} />
        <button type="submit" class="btn">${t('acct.filter')}</button>
      </form>
    `;
}

/** @param {{x: any}} p */
function Line({ x }) {
    const cell = html`
      <${Figure} of=${x.amount} href=${transferPage(x.transfer)} label=${String(x.number)} />
    `;
    return html`
      <tr>
        <td class="num nowrap">
          ${x.booked}
          ${x.value !== x.booked && html`
            <br />
            <span class="tiny muted">${t('books.value')} ${x.value}</span>
          `}
        </td>
        <td class="num small">${x.number}</td>
        <td>
          ${x.memo} ${x.reversal && html`
            <span class="badge badge-warn">${t('acct.reversal')}</span>
          `}
        </td>
        <td class="r">${x.side === 'debit' ? cell : ''}</td>
        <td class="r">${x.side === 'credit' ? cell : ''}</td>
        <td class="r">${amount(x.balance)}</td>
        <td>
          ${
            x.other_id
                ? html`
                    <a href=${accountPage(x.other_id)}>${x.other}</a>
                    <span class="small muted num"> ${x.other_number}</span>
                  `
                : html`<span class="muted">${t('acct.other.many')}</span>`
          }
        </td>
      </tr>
    `;
}

/** @param {{path: string, d: any}} p */
export function Lines({ path, d }) {
    const [filter, setFilter] = useState(/** @type {any} */ (EMPTY));
    const [more, setMore] = useState(
        /** @type {{for: string, items: any[], before: any}} */ ({
            for: '',
            items: [],
            before: null,
        }),
    );
    const [busy, setBusy] = useState(false);
    const p = new URLSearchParams(Object.entries(filter).filter(([, v]) => v !== '')).toString();
    const l = useLoad(path + '/lines' + (p ? '?' + p : ''));
    const wait = state(l);
    const mine = more.for === p ? more : { items: [], before: l.data && l.data.before };
    const before = mine.items.length || more.for === p ? mine.before : l.data && l.data.before;
    const items = l.data ? [...l.data.items, ...mine.items] : [];
    const earlier = async () => {
        setBusy(true);
        try {
            const next = await get(path + '/lines?' + (p ? p + '&' : '') + 'before=' + before);
            setMore({ for: p, items: [...mine.items, ...next.items], before: next.before });
        } catch (e) {
            toastProblem(e);
        }
        setBusy(false);
    };
    return html`
      <section class="stack" aria-labelledby="lines-title">
        <div class="row row-between">
          <h2 id="lines-title">${t('acct.lines')}</h2>
          <span class="small muted">${t('acct.lines.hint')}</span>
        </div>
        <${Filter} onFilter=${setFilter} />
        ${wait}
        ${l.data && items.length === 0 && html`<p class="empty">${t('acct.none')}</p>`}
        ${items.length > 0 && html`
          <${Scroll} label=${t('acct.lines')}>
            <table class="table table-tight table-phone table-phone-two acct-lines">
              <thead>
                <tr>
                  <th>${t('books.booked')}</th>
                  <th>${t('books.number')}</th>
                  <th>${t('books.memo.label')}</th>
                  <th class="r">${t(d.debit_side ? 'books.debit' : 'acct.side.debit')}</th>
                  <th class="r">${t(d.debit_side ? 'books.credit' : 'acct.side.credit')}</th>
                  <th class="r">${t('books.balance')}</th>
                  <th>${t('acct.other')}</th>
                </tr>
              </thead>
              <tbody>
                ${items.map((/** @type {any} */ x) => html`<${Line} key=${x.seq} x=${x} />`)}
              </tbody>
            </table>
          <//>
        `}
        ${before && html`
          <p>
            <button type="button" class="btn" disabled=${busy} onClick=${earlier}>
              ${t('acct.earlier')}
            </button>
          </p>
        `}
      </section>
    `;
}
