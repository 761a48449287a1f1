// counter-customer.js -- Who stands at the counter: found, made, changed; the accounts, and one of them.
import { html, signal, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get, post, patch, Problem } from './api.js';
import { Field, Loading, Select, toast, toastProblem } from './ui.js';
import { Scroll } from './table.js';
import { ActDialog, Reason } from './staff.js';
import { amount } from './amount.js';
import {
    account,
    chosen,
    customer,
    grouped,
    leaveCustomer,
    openCustomer,
    refreshCustomer,
    tab,
} from './counter-base.js';
import { rateText } from './rates.js';
import { MergeDialog } from './counter-merge.js';

/** Which dialog is open: "", "new", "change", "full", "merge". */
export const personDialog = signal('');
const found = signal(/** @type {any[]|null} */ (null));

/** The search, always at hand: "/" goes there. */
export function Find() {
    const [text, setText] = useState('');
    const [error, setError] = useState('');
    const go = async (/** @type {any} */ e) => {
        e.preventDefault();
        if (!text.trim()) return;
        setError('');
        found.value = null;
        try {
            const d = await get('/api/counter/customers?find=' + encodeURIComponent(text.trim()));
            if (d.items.length === 1) {
                await openCustomer(d.items[0].id);
                const digits = text.replace(/\s/g, '');
                if (customer.value.accounts.some((/** @type {any} */ a) => a.number === digits))
                    chosen.value = digits;
                setText('');
            } else {
                found.value = d.items;
            }
        } catch (p) {
            setError(/** @type {Problem} */ (p).title);
        }
    };
    return html`
      <form class="stack-s" role="search" onSubmit=${go}>
        <div class="counter-find">
          <${Field}
              label=${t('counter.find')} value=${text} onInput=${setText} name="find"
              autocomplete="off" hint=${t('counter.find.hint')} error=${error} />
        </div>
        <div class="row-s">
          <button type="submit" class="btn btn-primary btn-small" disabled=${!text.trim()}>
            ${t('counter.find.go')}
          </button>
          <button type="button" class="btn btn-small" onClick=${() => (personDialog.value = 'new')}>
            ${t('counter.new')}
          </button>
        </div>
      </form>
      ${found.value && html`<${Found} items=${found.value} />`}
    `;
}

/** @param {{items: any[]}} p */
function Found({ items }) {
    if (!items.length) return html`<p class="muted">${t('counter.find.none')}</p>`;
    return html`
      <p class="small muted">${t('counter.find.many', { n: items.length })}</p>
      <ul class="counter-found">
        ${items.map(
            (m) => html`
              <li key=${m.id}>
                <button
                    type="button" class="card card-flat"
                    onClick=${() => {
                        found.value = null;
                        openCustomer(m.id).catch(toastProblem);
                    }}>
                  <strong lang="zh-CN">${m.name}</strong>
                  <span class="small muted num">${m.paper_number}</span>
                  <span class="small muted num">${m.mobile}</span>
                </button>
              </li>
            `,
        )}
      </ul>
    `;
}

/** @param {{m: any, full: any}} p */
function Person({ m, full }) {
    return html`
      <div class="counter-person">
        <div class="row row-between">
          <strong class="counter-name" lang="zh-CN">${full ? full.name : m.name}</strong>
          <span class="row-s">
            <span class="badge">${t('counter.' + m.kind)}</span>
            ${m.minor && html`<span class="badge badge-warn">${t('counter.minor')}</span>`}
            ${m.deceased && html`<span class="badge badge-danger">${t('counter.deceased')}</span>`}
            ${m.watched && html`<span class="badge badge-warn">${t('counter.watched')}</span>`}
          </span>
        </div>
        <p class="small muted num">
          ${t('counter.paper.' + m.paper)} ${full ? full.paper_number : m.paper_number}
        </p>
        ${(full ? full.mobile : m.mobile) && html`
          <p class="small muted num">${t('counter.mobile')} ${full ? full.mobile : m.mobile}</p>
        `}
        ${full && full.address && html`<p class="small muted">${full.address}</p>`}
        <p class="tiny muted num">${t('counter.no', { n: m.id })}</p>
        <div class="row-s">
          ${!full && html`
            <button type="button" class="chip" onClick=${() => (personDialog.value = 'full')}>
              ${t('counter.full')}
            </button>
          `}
          <button type="button" class="chip" onClick=${() => (personDialog.value = 'change')}>
            ${t('counter.change')}
          </button>
          <button type="button" class="chip" onClick=${() => (personDialog.value = 'merge')}>
            ${t('counter.merge')}
          </button>
          <button type="button" class="chip" onClick=${leaveCustomer}>${t('counter.clear')}</button>
        </div>
      </div>
    `;
}

/** What is special about an account, in words. @param {{a: any}} p */
export function Marks({ a }) {
    return html`
      ${
        a.loss
            ? html`<span class="badge badge-danger">${t('counter.mark.loss')}</span>`
            : a.stopped &&
              html`<span class="badge badge-danger">${t('counter.mark.stopped')}</span>`
      }
      ${a.freeze !== 'none' && html`
        <span class="badge badge-danger">${t('counter.mark.' + a.freeze)}</span>
      `}
      ${Number(a.frozen) > 0 && html`
        <span class="badge badge-warn">${t('counter.frozen')} ${amount(a.frozen)}</span>
      `}
      ${a.state !== 'open' && html`<span class="badge">${t('counter.state.' + a.state)}</span>`}
    `;
}

function Accounts() {
    const all = customer.value.accounts;
    const open = all.filter((/** @type {any} */ a) => a.state !== 'closed');
    return html`
      <h2 class="counter-h">${t('counter.accounts')}</h2>
      ${!open.length && html`<p class="muted">${t('counter.accounts.none')}</p>`}
      <div class="counter-accounts" role="radiogroup" aria-label=${t('counter.accounts')}>
        ${open.map(
            (/** @type {any} */ a) => html`
              <label key=${a.number} class="counter-account">
                <input
                    type="radio" name="account" checked=${a.number === chosen.value}
                    onChange=${() => (chosen.value = a.number)} />
                <span class="grow">
                  <span class="row row-between">
                    <span class="small">${pick(a, 'product')}</span>
                    <strong class="num">${amount(a.balance)}</strong>
                  </span>
                  <span class="small muted num">${grouped(a.number)}</span>
                  <span class="row-s"><${Marks} a=${a} /></span>
                </span>
              </label>
            `,
        )}
      </div>
      ${all.length > open.length && html`
        <p class="tiny muted">${t('counter.accounts.closed', { n: all.length - open.length })}</p>
      `}
    `;
}

/** The left side: search, the customer, the accounts. */
export function CustomerPanel() {
    const d = customer.value;
    return html`
      <section class="card stack counter-customer" aria-label=${t('counter.customer')}>
        <${Find} />
        ${d && html`<${Person} m=${d.customer} full=${d.full} /><${Accounts} />`}
      </section>
      ${personDialog.value === 'new' && html`<${Edit} />`}
      ${personDialog.value === 'change' && d && html`<${Edit} of=${d.customer} />`}
      ${personDialog.value === 'merge' && d && html`
        <${MergeDialog} id=${d.customer.id} onClose=${() => (personDialog.value = '')} />
      `}
      ${personDialog.value === 'full' && d && html`<${Full} id=${d.customer.id} />`}
    `;
}

/** @param {{id: number}} p */
function Full({ id }) {
    const [reason, setReason] = useState('');
    return html`
      <${ActDialog}
          open onClose=${() => (personDialog.value = '')} title=${t('counter.full')}
          go=${t('counter.full')} ready=${!!reason.trim()}
          onGo=${() =>
              openCustomer(id, reason.trim()).then(() => (personDialog.value = ''), toastProblem)}>
        <p class="muted">${t('counter.full.why')}</p>
        <${Reason} value=${reason} onInput=${setReason} required />
      <//>
    `;
}

const PAPERS = [1, 2, 3, 4, 5, 11];
/** A new customer, or (of) changes to one. @param {{of?: any}} p */
function Edit({ of }) {
    const [paper, setPaper] = useState('1');
    const [v, set] = useState({ paper_number: '', name: '', mobile: '', address: '' });
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const put = (/** @type {string} */ k) => (/** @type {string} */ x) => set({ ...v, [k]: x });
    const error = (/** @type {string} */ k) =>
        problem && problem.field === k ? problem.title : undefined;
    const said = Object.fromEntries(Object.entries(v).filter(([, x]) => x.trim()));
    const go = async () => {
        setProblem(null);
        try {
            if (of) {
                const d = await patch('/api/counter/customers/' + of.id, said);
                toast(d.approval ? t('counter.waits') : t('counter.step.done'), 'ok');
                if (!d.approval) refreshCustomer();
            } else {
                const d = await post('/api/counter/customers', { ...said, paper: Number(paper) });
                await openCustomer(d.customer.id);
                tab.value = 'open';
            }
            personDialog.value = '';
        } catch (e) {
            const p = /** @type {Problem} */ (e);
            setProblem(p);
            if (!['paper_number', 'name', 'mobile', 'address'].includes(p.field)) toastProblem(p);
        }
    };
    const ready = of ? Object.keys(said).length > 0 : !!v.name.trim() && !!v.paper_number.trim();
    return html`
      <${ActDialog}
          open onClose=${() => (personDialog.value = '')} go=${t('counter.save')}
          title=${t(of ? 'counter.change' : 'counter.new')} ready=${ready} onGo=${go}>
        ${of && html`<p class="muted">${t('counter.keep')}</p>`}
        ${!of && html`
          <${Select}
              label=${t('counter.paper')} value=${paper} onInput=${setPaper}
              options=${PAPERS.map((p) => ({ value: p, text: t('counter.paper.' + p) }))} />
        `}
        <${Field}
            label=${t('counter.paper.number')} value=${v.paper_number}
            onInput=${put('paper_number')} error=${error('paper_number')} required=${!of}
            autocomplete="off" maxlength="32" />
        <${Field}
            label=${t('counter.name')} value=${v.name} onInput=${put('name')} error=${error('name')}
            required=${!of} autocomplete="off" maxlength="30" />
        <${Field}
            label=${t('counter.mobile')} value=${v.mobile} onInput=${put('mobile')}
            error=${error('mobile')} autocomplete="off" inputmode="tel" maxlength="17" />
        <${Field}
            label=${t('counter.address')} value=${v.address} onInput=${put('address')}
            error=${error('address')} autocomplete="off" maxlength="60" />
      <//>
    `;
}

/* ---- one account ---- */

/** @param {{label: string, value: string, strong?: boolean}} p */
const Figure = ({ label, value, strong }) => html`
  <div class="stat">
    <span class=${'num ' + (strong ? 'value' : 'strong')}>${amount(value)}</span>
    <span class="label">${label}</span>
  </div>
`;

/** @param {{number: string, balance: string}} p */
function Lines({ number, balance }) {
    const [list, setList] = useState(/** @type {any[]|null} */ (null));
    useEffect(() => {
        let gone = false;
        setList(null);
        get(`/api/books/accounts/${number}/lines`).then(
            (d) => !gone && setList(d.items),
            () => !gone && setList([]),
        );
        return () => {
            gone = true;
        };
    }, [number, balance]);
    if (!list) return html`<${Loading} />`;
    if (!list.length) return html`<p class="muted">${t('counter.lines.none')}</p>`;
    return html`
      <${Scroll} label=${t('counter.lines')}>
        <table class="table table-phone table-phone-two">
          <thead>
            <tr>
              <th scope="col">${t('counter.lines.day')}</th>
              <th scope="col">${t('counter.lines.memo')}</th>
              <th scope="col" class="r">${t('counter.lines.amount')}</th>
              <th scope="col" class="r">${t('counter.lines.balance')}</th>
            </tr>
          </thead>
          <tbody>
            ${list.slice(0, 10).map(
                (l) => html`
                  <tr key=${l.seq}>
                    <td class="num nowrap">${l.booked}</td>
                    <td>${l.memo}</td>
                    <td class="r num">${(l.side === 'debit' ? '−' : '+') + amount(l.amount)}</td>
                    <td class="r num">${amount(l.balance)}</td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
    `;
}

/** The account's figures and its last lines. */
export function AccountView() {
    const a = account();
    if (!a) return html`<p class="empty">${t('counter.choose.first')}</p>`;
    return html`
      <div class="stack">
        <div class="row row-between">
          <h2 class="num">${grouped(a.number)}</h2>
          <span class="row-s">
            <span class="badge">${pick(a, 'product')}</span>
            <${Marks} a=${a} />
          </span>
        </div>
        <div class="stats counter-figures">
          <${Figure} label=${t('counter.book')} value=${a.balance} strong />
          <${Figure} label=${t('counter.available')} value=${a.available} strong />
          <${Figure} label=${t('counter.held')} value=${a.held} />
          <${Figure} label=${t('counter.frozen')} value=${a.frozen} />
          ${Number(a.overdraft) > 0 && html`
            <${Figure} label=${t('counter.overdraft')} value=${a.overdraft} />
          `}
        </div>
        <dl class="counter-facts small">
          <dt>${t('counter.opened')}</dt>
          <dd class="num">${a.opened}</dd>
          ${a.matures && html`<dt>${t('counter.matures')}</dt><dd class="num">${a.matures}</dd>`}
          ${a.rate_ppm > 0 && html`
            <dt>${t('counter.rate')}</dt>
            <dd class="num">${rateText(a.rate_ppm)}</dd>
          `}
        </dl>
        <h3>${t('counter.lines')}</h3>
        <${Lines} number=${a.number} balance=${a.balance} />
        <p>
          <a href=${'/account.html?no=' + encodeURIComponent(a.number)}>
            ${t('counter.lines.all')}
          </a>
        </p>
      </div>
    `;
}
