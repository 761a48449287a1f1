// books-views.js -- Trial balance, balance sheet, and the accounts under a figure.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { amount, amountShort, isZero, minor, unsigned } from './amount.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { Agrees, Figure, Party, accountPage, at, booksQuery, toBooks } from './books-base.js';

/** @param {any} x */
const subjectLink = (x) => toBooks({ view: 'subject', code: x.code });

export function Trial() {
    const l = useLoad('/api/books/trial' + booksQuery());
    const wait = state(l);
    if (wait) return wait;
    const d = l.data;
    if (!d.lines.length) return html`<p class="empty">${t('books.none')}</p>`;
    const cell = (/** @type {any} */ x, /** @type {string} */ k) =>
        isZero(x[k])
            ? html`<span class="muted">—</span>`
            : html`<${Figure} of=${x[k]} href=${subjectLink(x)} label=${pick(x)} />`;
    return html`
      <section class="stack" aria-labelledby="trial-title">
        <div class="row row-between">
          <h2 id="trial-title">
            ${t('books.view.trial')} <span class="small muted num">${d.date} · ${d.currency}</span>
          </h2>
          <span
              class=${
                'badge badge-wrap ' +
                (isZero(d.difference) || !isZero(d.between) ? 'badge-ok' : 'badge-danger')
              }>
            ${
              isZero(d.difference)
                  ? '✓ ' + t('books.balanced')
                  : !isZero(d.between)
                    ? t('books.between.note', { n: amount(d.between) })
                    : t('books.unbalanced', { diff: amount(d.difference) })
            }
          </span>
        </div>
        <${Scroll} label=${t('books.view.trial')}>
          <table class="table table-tight table-phone trial">
            <thead>
              <tr>
                <th>${t('books.code')}</th>
                <th>${t('books.subject')}</th>
                <th class="r">${t('books.debits')}</th>
                <th class="r">${t('books.credits')}</th>
                <th class="r">${t('books.balance.debit')}</th>
                <th class="r">${t('books.balance.credit')}</th>
              </tr>
            </thead>
            <tbody>
              ${d.lines.map(
                  (/** @type {any} */ x) => html`
                    <tr key=${x.code}>
                      <td class="num lead">${x.code}</td>
                      <th scope="row" class="lead">
                        <a href=${subjectLink(x)}>${pick(x)}</a>
                        <span class="small muted"> ${t('books.class.' + x.class)}</span>
                      </th>
                      ${['debits', 'credits', 'balance_debit', 'balance_credit'].map(
                          (k) => html`
                            <td key=${k} class=${'r' + (isZero(x[k]) ? ' nil' : '')}>
                              ${cell(x, k)}
                            </td>
                          `,
                      )}
                    </tr>
                  `,
              )}
            </tbody>
            <tfoot>
              <tr>
                <td></td>
                <th scope="row">${t('books.sum')}</th>
                <td class="r">${amount(d.debits)}</td>
                <td class="r">${amount(d.credits)}</td>
                <td class="r">${amount(d.balances_debit)}</td>
                <td class="r">${amount(d.balances_credit)}</td>
              </tr>
            </tfoot>
          </table>
        <//>
      </section>
    `;
}

/* ---- the balance sheet: two sides that are one figure ---- */

/** @param {{items: any[], whole: number, title: string, lines: any[]}} p */
function Side({ items, whole, title, lines }) {
    return html`
      <section class="card sheet-side" aria-label=${title}>
        <h3>${title}</h3>
        ${items.map((x) => {
            const part = whole > 0 ? Math.min(1, Math.abs(Number(x.value)) / whole) : 0;
            const under = lines.filter((y) => x.classes.includes(y.class));
            return html`
              <div class="sheet-row" key=${x.name}>
                <div class="row row-between">
                  <strong>${t('books.' + x.name)}</strong>
                  <span class="num sheet-value">${amount(x.value)}</span>
                </div>
                <div class="sheet-bar" aria-hidden="true">
                  <i
                      class=${'sheet-' + x.name + (x.value[0] === '-' ? ' sheet-minus' : '')}
                      style=${{ '--part': String(part) }}></i>
                </div>
                ${under.length > 0 && html`
                  <ul class="sheet-under">
                    ${under.map(
                        (y) => html`
                          <li key=${y.code}>
                            <a href=${subjectLink(y)}>
                              <span class="num muted">${y.code}</span> ${pick(y)}
                            </a>
                            <${Figure}
                                of=${inProfit(x, y)} href=${subjectLink(y)} label=${pick(y)} />
                          </li>
                        `,
                    )}
                  </ul>
                `}
              </div>
            `;
        })}
      </section>
    `;
}
/** A subject's balance on the side of its class. @param {any} y */
function ownSide(y) {
    const debit = y.class === 1 || y.class === 7;
    const own = debit ? y.balance_debit : y.balance_credit;
    const other = debit ? y.balance_credit : y.balance_debit;
    return isZero(other) ? own : '-' + unsigned(other);
}
/** An expense takes from the profit. @param {any} x @param {any} y */
function inProfit(x, y) {
    const own = ownSide(y);
    if (x.name !== 'profit' || y.class !== 7 || isZero(own)) return own;
    return own[0] === '-' ? own.slice(1) : '-' + own;
}
/** Sum of decimal texts with the same decimals. @param {string[]} list */
function add(list) {
    const scale = (list[0].split('.')[1] || '').length;
    const n = list.reduce((s, x) => s + minor(x), 0n);
    const text = (n < 0n ? -n : n).toString().padStart(scale + 1, '0');
    const cut = text.length - scale;
    return (n < 0n ? '-' : '') + text.slice(0, cut) + (scale ? '.' + text.slice(cut) : '');
}

export function Sheet() {
    const l = useLoad('/api/books/trial' + booksQuery());
    const wait = state(l);
    if (wait) return wait;
    const d = l.data,
        s = d.sheet;
    if (!d.lines.length) return html`<p class="empty">${t('books.none')}</p>`;
    const left = [{ name: 'assets', value: s.assets, classes: [1] }];
    if (!isZero(s.between)) left.push({ name: 'between', value: s.between, classes: [] });
    const right = [
        { name: 'liabilities', value: s.liabilities, classes: [2] },
        { name: 'common', value: s.common, classes: [3] },
        { name: 'equity', value: s.equity, classes: [4] },
        { name: 'profit', value: s.profit, classes: [6, 7] },
    ];
    const a = add(left.map((x) => x.value)),
        b = add(right.map((x) => x.value));
    const whole = Math.max(...[...left, ...right].map((x) => Math.abs(Number(x.value))));
    return html`
      <section class="stack" aria-labelledby="sheet-title">
        <div class="row row-between">
          <h2 id="sheet-title">
            ${t('books.view.sheet')} <span class="small muted num">${d.date} · ${d.currency}</span>
          </h2>
          <span class="row-s">
            <span class="small">${t('books.sheet.equal', { n: amount(a) })}</span>
            <${Agrees} a=${a} b=${b} />
          </span>
        </div>
        <div class="sheet">
          <${Side}
              items=${left} whole=${whole} title=${t('books.left') + ' ' + amountShort(a)}
              lines=${d.lines} />
          <${Side}
              items=${right} whole=${whole} title=${t('books.right') + ' ' + amountShort(b)}
              lines=${d.lines} />
        </div>
      </section>
    `;
}

/* ---- the accounts of a subject ---- */

/** So many accounts are shown before somebody asks for all; the sums are always of all. */
const FIRST = 50;

export function Subject() {
    const [all, setAll] = useState(false);
    const code = at.value.code || '';
    const l = useLoad('/api/books/subject' + booksQuery({ code }));
    const trial = useLoad('/api/books/trial' + booksQuery());
    const wait = state(l) || state(trial);
    if (wait) return wait;
    const d = l.data;
    const line = trial.data.lines.find((/** @type {any} */ x) => x.code === code);
    const debit = d.net_debit[0] !== '-';
    const figure = line
        ? debit
            ? line.balance_debit
            : line.balance_credit
        : unsigned(d.net_debit);
    const rest = d.accounts - d.items.length;
    return html`
      <section class="stack" aria-labelledby="subject-title">
        <p>
          <a class="btn btn-small" href=${toBooks({ view: 'trial' })}>← ${t('books.view.trial')}</a>
        </p>
        <div class="card explain">
          <h2 id="subject-title">
            <span class="num">${code}</span> ${line ? pick(line) : ''}
            <span class="small muted num"> ${d.date} · ${d.currency}</span>
          </h2>
          <p class="explain-sum">
            ${t('books.subject.sum', {
                n: d.accounts,
                sum: amount(unsigned(d.net_debit)),
                figure: amount(figure),
            })}
            ${' '}
            <${Agrees} a=${unsigned(d.net_debit)} b=${figure} />
          </p>
          ${rest > 0 && html`
            <p class="small muted">${t('books.accounts.shown', { n: d.items.length, rest })}</p>
          `}
        </div>
        <${Scroll} label=${t('books.view.subject')}>
          <table class="table table-tight table-phone">
            <thead>
              <tr>
                <th>${t('books.account')}</th>
                <th>${t('prod.name')}</th>
                <th class="r">${t('books.entries')}</th>
                <th class="r">${t('books.debits')}</th>
                <th class="r">${t('books.credits')}</th>
                <th class="r">${t('books.balance')}</th>
              </tr>
            </thead>
            <tbody>
              ${(all ? d.items : d.items.slice(0, FIRST)).map(
                  (/** @type {any} */ x) => html`
                    <tr key=${x.id}>
                      <th scope="row"><${Party} of=${x.account} /></th>
                      <td>${x.account.customer ? x.name : ''}</td>
                      <td class="r">${x.entries}</td>
                      <td class="r">${amount(x.debits)}</td>
                      <td class="r">${amount(x.credits)}</td>
                      <td class="r">
                        <${Figure} of=${x.balance} href=${accountPage(x.id)} label=${x.name} />
                      </td>
                    </tr>
                  `,
              )}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">${t('books.sum')} · ${t('books.accounts', { n: d.accounts })}</th>
                <td></td>
                <td></td>
                <td class="r">${amount(d.debits)}</td>
                <td class="r">${amount(d.credits)}</td>
                <td class="r">${amount(unsigned(d.net_debit))}</td>
              </tr>
            </tfoot>
          </table>
        <//>
        ${!all && d.items.length > FIRST && html`
          <p>
            <button type="button" class="btn btn-small" onClick=${() => setAll(true)}>
              ${t('books.accounts.all', { n: d.items.length, first: FIRST })}
            </button>
          </p>
        `}
      </section>
    `;
}
