// account-lines.js -- The lines of an account, newest first, with filters; each opens to its transfer.
import { html, useEffect, useRef, useState } from './vendor.js';
import { t } from './texts.js';
import { get } from './api.js';
import { Field, Select, toastProblem } from './ui.js';
import { amount, typedText, typedWrong } from './amount.js';
import { count } from './format.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { Figure, accountPage, transferPage } from './books-base.js';

const EMPTY = { from: '', until: '', min: '', max: '', side: '', memo: '' };

/** @param {{first: any, onFilter: (v: any) => void}} p */
function Filter({ first, onFilter }) {
    const [v, setV] = useState(/** @type {Record<string, string>} */ (first));
    useEffect(() => setV(first), [first]);
    const put = (/** @type {string} */ k) => (/** @type {string} */ x) => setV({ ...v, [k]: x });
    return html`
      <form
          class="acct-filter" aria-label=${t('acct.filter')}
          onSubmit=${(/** @type {any} */ e) => {
              e.preventDefault();
              if (!typedWrong(v.min) && !typedWrong(v.max))
                  onFilter({ ...v, min: typedText(v.min), max: typedText(v.max) });
          }}>
        <${Field} label=${t('books.from')} type="date" value=${v.from} onInput=${put('from')} />
        <${Field} label=${t('books.until')} type="date" value=${v.until} onInput=${put('until')} />
        <${Field}
            label=${t('books.min')} value=${v.min} onInput=${put('min')} inputmode="decimal"
            error=${typedWrong(v.min)} />
        <${Field}
            label=${t('books.max')} value=${v.max} onInput=${put('max')} inputmode="decimal"
            error=${typedWrong(v.max)} />
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

/** What stood before, what moved, what stood after. @param {{l: any, debit: boolean}} p */
function Period({ l, debit }) {
    const [plus, minus] = debit ? [l.debits, l.credits] : [l.credits, l.debits];
    return html`
      <dl class="acct-period num">
        <div><dt>${t('acct.opening')}</dt><dd>${amount(l.opening)}</dd></div>
        <div><dt>${t('acct.in')}</dt><dd>+ ${amount(plus)}</dd></div>
        <div><dt>${t('acct.out')}</dt><dd>− ${amount(minus)}</dd></div>
        <div>
          <dt>${t('acct.closing')}</dt>
          <dd><strong>= ${amount(l.closing)}</strong></dd>
        </div>
        <div><dt>${t('acct.in_period')}</dt><dd>${count(l.in_period)}</dd></div>
      </dl>
    `;
}

/** So many are shown before somebody asks for more. */
const FIRST = 25;

/** @param {{path: string, d: any, period: {from: string, until: string}|null}} p */
export function Lines({ path, d, period }) {
    const [filter, setFilter] = useState(/** @type {any} */ (EMPTY));
    const [all, setAll] = useState(false);
    const top = useRef(/** @type {any} */ (null));
    useEffect(() => {
        if (!period) return;
        setFilter({ ...EMPTY, ...period });
        top.current.scrollIntoView({ block: 'start' });
        top.current.focus({ preventScroll: true });
    }, [period]);
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
    const every = l.data ? [...l.data.items, ...mine.items] : [];
    const items = all ? every : every.slice(0, FIRST);
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
          <h2 id="lines-title" tabindex="-1" ref=${top}>${t('acct.lines')}</h2>
          <span class="small muted">${t('acct.lines.hint')}</span>
        </div>
        <${Filter} first=${filter} onFilter=${setFilter} />
        ${wait}
        ${l.data && html`<${Period} l=${l.data} debit=${d.debit_side} />`}
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
        ${items.length < every.length && html`
          <p>
            <button type="button" class="btn" onClick=${() => setAll(true)}>
              ${t('acct.more', { n: every.length - items.length })}
            </button>
          </p>
        `}
        ${before && items.length === every.length && html`
          <p>
            <button type="button" class="btn" disabled=${busy} onClick=${earlier}>
              ${t('acct.earlier')}
            </button>
          </p>
        `}
      </section>
    `;
}
