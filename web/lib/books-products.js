// books-products.js -- What the bank sells and at which price: products with their dated rates, fees,
// settings. Who may change them asks; another person looks at it before it holds.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { Dialog, Field, Select } from './ui.js';
import { ActDialog } from './staff.js';
import { amount, isZero } from './amount.js';
import { addDays } from './format.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { ppmOf, rateText } from './rates.js';
import { Waiting, mayChange, useChange } from './books-change.js';

const KINDS = ['demand', 'term', 'notice', 'margin', 'overdraft'];
const CYCLES = ['monthly', 'weekly', 'each'];

/** The rates of a side, newest first, each with what it is on a day. @param {any} p @param {string} side @param {string} day */
export function ratesOf(p, side, day) {
    const all = p.rates.filter((/** @type {any} */ r) => r.side === side).reverse();
    const now = all.findIndex((/** @type {any} */ r) => r.from <= day);
    return all.map((/** @type {any} */ r, /** @type {number} */ i) => ({
        ...r,
        state: now < 0 || i < now ? 'coming' : i === now ? 'now' : 'past',
    }));
}

/* ---- one product ---- */

/** @param {{p: any}} p */
function Term({ p }) {
    if (p.kind === 'term') return html`${t('prod.months', { n: p.term_months })}`;
    if (p.kind === 'notice') return html`${t('prod.days', { n: p.notice_days })}`;
    return html`<span class="muted">—</span>`;
}

/** A new rate from a day on. @param {{p: any, day: string, onDone: () => void}} q */
function RateForm({ p, day, onDone }) {
    const [from, setFrom] = useState(addDays(day, 1));
    const [typed, setTyped] = useState('');
    const [side, setSide] = useState('credit');
    const { busy, error, change } = useChange(onDone);
    const ppm = ppmOf(typed);
    const now = ratesOf(p, side, day).find((/** @type {any} */ r) => r.state === 'now');
    const go = (/** @type {any} */ e) => {
        e.preventDefault();
        if (ppm !== null)
            change('POST', `/api/deposit-products/${p.id}/rates`, { from, ppm, side });
    };
    return html`
      <form class="stack-s prod-rate-form" onSubmit=${go}>
        <h3>${t('prod.rate.new')}</h3>
        <div class="prod-fields">
          ${p.kind === 'overdraft' && html`
            <${Select}
                label=${t('prod.side')} value=${side} onInput=${setSide} error=${error('side')}
                options=${['credit', 'debit'].map((x) => ({
                    value: x,
                    text: t('prod.side.' + x),
                }))} />
          `}
          <${Field}
              label=${t('prod.rate.percent')} value=${typed} onInput=${setTyped} inputmode="decimal"
              autocomplete="off" maxlength=${9} required
              hint=${
                now && ppm !== null && ppm !== now.ppm
                    ? t(ppm > now.ppm ? 'prod.rate.up' : 'prod.rate.down', {
                          points: Math.abs(ppm - now.ppm) / 100,
                      })
                    : t('prod.rate.hint')
              }
              error=${typed && ppm === null ? t('prod.rate.bad') : error('ppm')} />
          <${Field}
              label=${t('prod.rate.from')} type="date" value=${from} onInput=${setFrom} min=${day}
              required error=${error('from')} />
          <button type="submit" class="btn btn-primary" disabled=${ppm === null || !from || busy}>
            ${t('prod.rate.ask')}
          </button>
        </div>
        <p class="small muted">${t('prod.two')}</p>
      </form>
    `;
}

/** @param {{p: any, side: string, day: string}} q */
function Rates({ p, side, day }) {
    const list = ratesOf(p, side, day);
    if (!list.length) return html`<p class="muted">${t('prod.rate.none')}</p>`;
    return html`
      <table class="table table-tight">
        <thead>
          <tr>
            <th>${t('prod.rate.from')}</th>
            <th class="r">${t('prod.rate')}</th>
            <th>${t('prod.state')}</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
              (/** @type {any} */ r) => html`
                <tr key=${r.from}>
                  <td class="num">${r.from}</td>
                  <td class="r"><strong>${rateText(r.ppm)}</strong></td>
                  <td>
                    <span
                        class=${
                          'badge ' +
                          (r.state === 'now'
                              ? 'badge-ok'
                              : r.state === 'coming'
                                ? 'badge-info'
                                : '')
                        }>
                      ${t('prod.rate.' + r.state)}
                    </span>
                  </td>
                </tr>
              `,
          )}
        </tbody>
      </table>
    `;
}

/** @param {{p: any, day: string, onClose: () => void, onDone: () => void}} q */
function ProductDialog({ p, day, onClose, onDone }) {
    return html`
      <${Dialog}
          open=${!!p} onClose=${onClose} wide title=${p ? pick(p) : ''} class="prod-dialog"
          actions=${html`
            <button type="button" class="btn" onClick=${onClose}>
              ${t('dialog.close')} <span class="kbd" aria-hidden="true">Esc</span>
            </button>
          `}>
        ${p && html`
          <dl class="acct-facts">
            <div><dt>${t('prod.code')}</dt><dd class="mono">${p.code}</dd></div>
            <div><dt>${t('prod.kind')}</dt><dd>${t('prod.kind.' + p.kind)}</dd></div>
            <div><dt>${t('prod.subject')}</dt><dd class="num">${p.subject}</dd></div>
            <div>
              <dt>${t('prod.base')}</dt>
              <dd>${t(p.kind === 'term' ? 'prod.base.term' : 'prod.base.n', { n: p.day_base })}</dd>
            </div>
          </dl>
          ${p.kind === 'overdraft' && html`<h3>${t('prod.side.credit')}</h3>`}
          <${Rates} p=${p} side="credit" day=${day} />
          ${p.kind === 'overdraft' && html`
            <h3>${t('prod.side.debit')}</h3>
            <${Rates} p=${p} side="debit" day=${day} />
          `}
          ${mayChange() && html`<${RateForm} key=${p.id} p=${p} day=${day} onDone=${onDone} />`}
        `}
      <//>
    `;
}

/* ---- a product's and a fee's own fields ---- */

/** @param {{v: any, set: (k: string) => (x: any) => void, error: (k: string) => string|undefined}} q */
const Names = ({ v, set, error }) => html`
  <${Field}
      label=${t('prod.name_zh')} value=${v.name_zh} onInput=${set('name_zh')} required
      maxlength=${20} autocomplete="off" error=${error('name_zh')} />
  <${Field}
      label=${t('prod.name_en')} value=${v.name_en} onInput=${set('name_en')} required
      maxlength=${60} autocomplete="off" error=${error('name_en')} />
`;

/** @param {{first: any, onClose: () => void, onDone: () => void}} q */
function ProductForm({ first, onClose, onDone }) {
    const [v, setV] = useState(
        /** @type {any} */ ({
            code: '',
            kind: 'term',
            name_zh: '',
            name_en: '',
            subject: '2011',
            term_months: 12,
            notice_days: 7,
            min_amount: '0.00',
            persons: true,
            companies: true,
            active: true,
            ...first,
        }),
    );
    const { busy, error, change } = useChange(onDone);
    const fresh = !first.id;
    const set = (/** @type {string} */ k) => (/** @type {any} */ x) => setV({ ...v, [k]: x });
    const go = () => {
        const body = /** @type {any} */ ({
            code: v.code.trim(),
            name_zh: v.name_zh.trim(),
            name_en: v.name_en.trim(),
            subject: v.subject.trim(),
            min_amount: v.min_amount.trim(),
            persons: v.persons,
            companies: v.companies,
            active: v.active,
        });
        if (fresh) {
            body.kind = v.kind;
            if (v.kind === 'term') body.term_months = Number(v.term_months);
            if (v.kind === 'notice') body.notice_days = Number(v.notice_days);
        }
        const path = '/api/deposit-products' + (fresh ? '' : '/' + first.id);
        change(fresh ? 'POST' : 'PUT', path, body);
    };
    const tick = (/** @type {string} */ k) => html`
      <label class="check">
        <input
            type="checkbox" checked=${v[k]}
            onChange=${(/** @type {any} */ e) => set(k)(e.target.checked)} />
        ${t('prod.' + k)}
      </label>
    `;
    return html`
      <${ActDialog}
          open onClose=${onClose} wide busy=${busy} onGo=${go} go=${t('prod.rate.ask')}
          title=${fresh ? t('prod.new') : t('prod.change', { name: pick(first) })}
          ready=${!!v.code.trim() && !!v.name_zh.trim() && !!v.name_en.trim()}>
        <div class="prod-fields">
          <${Field}
              label=${t('prod.code')} value=${v.code} onInput=${set('code')} required
              maxlength=${16} autocomplete="off" hint=${t('prod.code.hint')} error=${error('code')} />
          ${fresh && html`
            <${Select}
                label=${t('prod.kind')} value=${v.kind} onInput=${set('kind')}
                error=${error('kind')}
                options=${KINDS.map((x) => ({ value: x, text: t('prod.kind.' + x) }))} />
          `}
          ${fresh && v.kind === 'term' && html`
            <${Field}
                label=${t('prod.term')} value=${String(v.term_months)} onInput=${set('term_months')}
                inputmode="numeric" error=${error('term_months')} />
          `}
          ${fresh && v.kind === 'notice' && html`
            <${Field}
                label=${t('prod.notice')} value=${String(v.notice_days)}
                onInput=${set('notice_days')} inputmode="numeric" error=${error('notice_days')} />
          `}
          <${Names} v=${v} set=${set} error=${error} />
          <${Field}
              label=${t('prod.min')} value=${v.min_amount} onInput=${set('min_amount')}
              inputmode="decimal" error=${error('min_amount')} />
          <${Field}
              label=${t('prod.subject')} value=${v.subject} onInput=${set('subject')}
              inputmode="numeric" maxlength=${8} error=${error('subject')} />
        </div>
        <div class="prod-ticks">${tick('persons')} ${tick('companies')} ${tick('active')}</div>
        ${error('persons') && html`<p class="error" role="alert">${error('persons')}</p>`}
        <p class="small muted">${t('prod.two')}</p>
      <//>
    `;
}

/** @param {{first: any, onClose: () => void, onDone: () => void}} q */
function FeeForm({ first, onClose, onDone }) {
    const [v, setV] = useState(
        /** @type {any} */ ({
            code: '',
            name_zh: '',
            name_en: '',
            cycle: 'monthly',
            amount: '',
            active: true,
            ...first,
        }),
    );
    const { busy, error, change } = useChange(onDone);
    const set = (/** @type {string} */ k) => (/** @type {any} */ x) => setV({ ...v, [k]: x });
    const go = () =>
        change(first.id ? 'PUT' : 'POST', '/api/deposit-fees' + (first.id ? '/' + first.id : ''), {
            code: v.code.trim(),
            name_zh: v.name_zh.trim(),
            name_en: v.name_en.trim(),
            cycle: v.cycle,
            amount: v.amount.trim(),
            active: v.active,
        });
    return html`
      <${ActDialog}
          open onClose=${onClose} wide busy=${busy} onGo=${go} go=${t('prod.rate.ask')}
          title=${first.id ? t('prod.change', { name: pick(first) }) : t('fee.new')}
          ready=${!!v.code.trim() && !!v.name_zh.trim() && !!v.name_en.trim() && !!v.amount.trim()}>
        <div class="prod-fields">
          <${Field}
              label=${t('prod.code')} value=${v.code} onInput=${set('code')} required
              maxlength=${16} autocomplete="off" hint=${t('prod.code.hint')} error=${error('code')} />
          <${Select}
              label=${t('fee.cycle')} value=${v.cycle} onInput=${set('cycle')}
              error=${error('cycle')}
              options=${CYCLES.map((x) => ({ value: x, text: t('fee.cycle.' + x) }))} />
          <${Names} v=${v} set=${set} error=${error} />
          <${Field}
              label=${t('fee.amount')} value=${v.amount} onInput=${set('amount')} required
              inputmode="decimal" error=${error('amount')} />
        </div>
        <label class="check">
          <input
              type="checkbox" checked=${v.active}
              onChange=${(/** @type {any} */ e) => set('active')(e.target.checked)} />
          ${t('fee.active')}
        </label>
        <p class="small muted">${t('prod.two')}</p>
      <//>
    `;
}

/* ---- the lists ---- */

/** @param {{p: any, day: string, onOpen: () => void, onChange: () => void}} q */
function ProductRow({ p, day, onOpen, onChange }) {
    const rates = ratesOf(p, 'credit', day);
    const now = rates.find((/** @type {any} */ r) => r.state === 'now');
    const next = rates.filter((/** @type {any} */ r) => r.state === 'coming').pop();
    const debit = ratesOf(p, 'debit', day).find((/** @type {any} */ r) => r.state === 'now');
    return html`
      <tr class=${p.active ? '' : 'prod-off'}>
        <th scope="row">
          <button type="button" class="link" onClick=${onOpen}>${pick(p)}</button>
          <span class="tiny muted mono"> ${p.code}</span>
        </th>
        <td>${t('prod.kind.' + p.kind)}</td>
        <td class="r"><${Term} p=${p} /></td>
        <td class="r nowrap">
          <strong>${now ? rateText(now.ppm) : '—'}</strong>
          ${now && html`
            <br />
            <span class="tiny muted">${t('prod.since', { date: now.from })}</span>
          `}
        </td>
        <td class="nowrap">
          ${next && html`
            <span class="badge badge-info num">
              ${t('prod.next', { rate: rateText(next.ppm), date: next.from })}
            </span>
          `}
          ${p.kind === 'overdraft' && debit && html`
            <span class="small muted num"> ${t('prod.debit', { rate: rateText(debit.ppm) })}</span>
          `}
        </td>
        <td class="r">${isZero(p.min_amount) ? '—' : amount(p.min_amount)}</td>
        <td>
          ${t(
              p.persons && p.companies
                  ? 'prod.both'
                  : p.persons
                    ? 'prod.persons'
                    : 'prod.companies',
          )}
        </td>
        <td>
          <span class=${'badge ' + (p.active ? 'badge-ok' : '')}>
            ${t(p.active ? 'prod.sold' : 'prod.ended')}
          </span>
        </td>
        <td class="nowrap">
          <button type="button" class="btn btn-small" onClick=${onOpen}>${t('prod.rates')}</button>
          ${mayChange() && html`
            ${' '}
            <button type="button" class="btn btn-small" onClick=${onChange}>
              ${t('prod.edit')}
            </button>
          `}
        </td>
      </tr>
    `;
}

/** @param {{items: any[], onChange: (f: any) => void}} q */
function Fees({ items, onChange }) {
    return html`
      <section class="stack" aria-labelledby="fees-title">
        <div class="row row-between">
          <h2 id="fees-title">${t('fee.title')}</h2>
          ${mayChange() && html`
            <button type="button" class="btn btn-small" onClick=${() => onChange({})}>
              ${t('fee.new')}
            </button>
          `}
        </div>
        ${
          items.length === 0
              ? html`<p class="empty">${t('fee.none')}</p>`
              : html`
                  <${Scroll} label=${t('fee.title')}>
                    <table class="table table-tight table-phone">
                      <thead>
                        <tr>
                          <th>${t('fee.name')}</th>
                          <th>${t('fee.cycle')}</th>
                          <th class="r">${t('fee.amount')}</th>
                          <th>${t('prod.state')}</th>
                          <th><span class="sr-only">${t('prod.edit')}</span></th>
                        </tr>
                      </thead>
                      <tbody>
                        ${items.map(
                            (/** @type {any} */ f) => html`
                              <tr key=${f.id}>
                                <th scope="row">
                                  ${pick(f)} <span class="tiny muted mono"> ${f.code}</span>
                                </th>
                                <td>${t('fee.cycle.' + f.cycle)}</td>
                                <td class="r">${amount(f.amount)} ${f.currency}</td>
                                <td>
                                  <span class=${'badge ' + (f.active ? 'badge-ok' : '')}>
                                    ${t(f.active ? 'fee.on' : 'fee.off')}
                                  </span>
                                </td>
                                <td>
                                  ${mayChange() && html`
                                    <button
                                        type="button" class="btn btn-small"
                                        onClick=${() => onChange(f)}>
                                      ${t('prod.edit')}
                                    </button>
                                  `}
                                </td>
                              </tr>
                            `,
                        )}
                      </tbody>
                    </table>
                  <//>
                `
        }
      </section>
    `;
}

/** @param {{about: any}} q */
export function Products({ about }) {
    const l = useLoad('/api/deposit-products');
    const fees = useLoad('/api/deposit-fees');
    const waiting = useLoad('/api/approvals?which=all', 10000);
    const [open, setOpen] = useState(0);
    const [form, setForm] = useState(/** @type {any} */ (null));
    const wait = state(l) || state(fees);
    if (wait) return wait;
    const day = about.business_date;
    const done = () => {
        setOpen(0);
        setForm(null);
        l.again();
        fees.again();
        waiting.again();
    };
    const one = l.data.items.find((/** @type {any} */ p) => p.id === open);
    return html`
      <div class="stack-l">
        <${Waiting} of=${waiting} />
        <section class="stack" aria-labelledby="products-title">
          <div class="row row-between">
            <h2 id="products-title">${t('books.view.products')}</h2>
            ${mayChange() && html`
              <button
                  type="button" class="btn btn-small"
                  onClick=${() => setForm({ of: 'product', first: {} })}>
                ${t('prod.new')}
              </button>
            `}
          </div>
          <${Scroll} label=${t('books.view.products')}>
            <table class="table table-tight table-phone prod-table">
              <thead>
                <tr>
                  <th>${t('prod.name')}</th>
                  <th>${t('prod.kind')}</th>
                  <th class="r">${t('prod.length')}</th>
                  <th class="r">${t('prod.rate.year')}</th>
                  <th>${t('prod.rate.note')}</th>
                  <th class="r">${t('prod.min')}</th>
                  <th>${t('prod.for')}</th>
                  <th>${t('prod.state')}</th>
                  <th><span class="sr-only">${t('prod.rates')}</span></th>
                </tr>
              </thead>
              <tbody>
                ${l.data.items.map(
                    (/** @type {any} */ p) => html`
                      <${ProductRow}
                          key=${p.id} p=${p} day=${day} onOpen=${() => setOpen(p.id)}
                          onChange=${() => setForm({ of: 'product', first: p })} />
                    `,
                )}
              </tbody>
            </table>
          <//>
        </section>
        <${Fees}
            items=${fees.data.items}
            onChange=${(/** @type {any} */ f) => setForm({ of: 'fee', first: f })} />
        <${ProductDialog} p=${one} day=${day} onClose=${() => setOpen(0)} onDone=${done} />
        ${form && form.of === 'product' && html`
          <${ProductForm} first=${form.first} onClose=${() => setForm(null)} onDone=${done} />
        `}
        ${form && form.of === 'fee' && html`
          <${FeeForm} first=${form.first} onClose=${() => setForm(null)} onDone=${done} />
        `}
      </div>
    `;
}
