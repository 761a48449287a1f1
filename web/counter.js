// counter.js -- The teller's counter for money: customer on the left, the business in the middle, what
// waits for a second person on the right. Keyboard first: a letter a business, "/" to the search.
import { html, useEffect } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { get, session, loadSession } from './lib/api.js';
import { live, loadInfo } from './lib/live.js';
import {
    mount,
    Loading,
    NeedRole,
    ProblemView,
    Shell,
    param,
    toast,
    toastProblem,
} from './lib/ui.js';
import { ChooseOutlet, OutletPicker, ROLES, StaffNav, outletId } from './lib/staff.js';
import {
    busy,
    cashSettings,
    chosen,
    desk,
    limits,
    openCustomer,
    ring,
    tab,
} from './lib/counter-base.js';
import { AccountView, CustomerPanel } from './lib/counter-customer.js';
import { CashForm, Confirm, Slip, TransferForm, Unknown } from './lib/counter-money.js';
import { ManageForm, OpenForm } from './lib/counter-manage.js';
import { StandingForm } from './lib/counter-standing.js';
import { DrawerCard, DrawerTab, stirred } from './lib/counter-cash.js';
import {
    ApprovalCard,
    ApprovalDialog,
    ApproveTab,
    LimitsTab,
    looked,
} from './lib/counter-approve.js';

/** The tabs, whom they are for, and their keys. */
const MONEY = ['teller', 'floor', 'head', 'office'];
const TABS = /** @type {{id: string, key: string, roles: string[]}[]} */ ([
    { id: 'view', key: 'v', roles: MONEY },
    { id: 'in', key: 'd', roles: MONEY },
    { id: 'out', key: 'w', roles: MONEY },
    { id: 'transfer', key: 't', roles: MONEY },
    { id: 'open', key: 'o', roles: MONEY },
    { id: 'standing', key: 's', roles: MONEY },
    { id: 'manage', key: 'm', roles: MONEY },
    { id: 'drawer', key: 'x', roles: ROLES.counter },
    { id: 'approve', key: 'a', roles: ROLES.counter },
    { id: 'limits', key: 'l', roles: ROLES.counter },
]);
const role = () => (session.value && session.value.role) || '';
const tabs = () => TABS.filter((x) => x.roles.includes(role()));

/** @param {KeyboardEvent} e */
function onKey(e) {
    if (e.ctrlKey || e.altKey || e.metaKey || e.repeat || document.querySelector('dialog[open]'))
        return;
    const at = /** @type {HTMLElement} */ (e.target);
    const typing = at.matches && at.matches('input:not([type=radio]),textarea,select');
    if (e.key === 'Escape' && typing) {
        at.blur();
        return;
    }
    if (typing) return;
    if (e.key === '/') {
        const field = /** @type {any} */ (document.querySelector('.counter-find input'));
        if (field) {
            e.preventDefault();
            field.focus();
        }
        return;
    }
    const key =
        e.key.length === 1 && /[a-z]/i.test(e.key)
            ? e.key.toLowerCase()
            : /^Key[A-Z]$/.test(e.code)
              ? e.code[3].toLowerCase()
              : '';
    const to = tabs().find((x) => x.key === key);
    if (!to) return;
    e.preventDefault();
    go(to.id);
}

/** @param {string} id */
function go(id) {
    tab.value = id;
    /* the first field of the form, so that the hands stay on the keys */
    setTimeout(() => {
        const first = /** @type {any} */ (document.querySelector('.counter-work form input'));
        if (first) first.focus();
    }, 0);
}

/** The tab that is open: one that this person has. */
const here = () => (tabs().some((x) => x.id === tab.value) ? tab.value : tabs()[0].id);

/** Arrows go along the tabs. @param {KeyboardEvent} e */
function onArrow(e) {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    e.preventDefault();
    const all = tabs();
    const at = all.findIndex((x) => x.id === here());
    const to = all[(at + step + all.length) % all.length].id;
    tab.value = to;
    const b = document.getElementById('tab-' + to);
    if (b) b.focus();
}

/** How much waits for me. */
const waiting = () => {
    const d = desk.live ? desk.live.data.value : null;
    return d ? d.for_me.length : 0;
};

function Tabs() {
    useEffect(() => {
        const b = document.getElementById('tab-' + here());
        if (b) b.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }, [tab.value]);
    return html`
      <div class="counter-tabs" role="tablist" aria-label=${t('counter.tabs')} onKeyDown=${onArrow}>
        ${tabs().map(
            (x) => html`
              <button
                  key=${x.id} type="button" role="tab" id=${'tab-' + x.id}
                  aria-controls="counter-work" aria-selected=${String(here() === x.id)}
                  tabindex=${here() === x.id ? '0' : '-1'} aria-keyshortcuts=${x.key}
                  onClick=${() => go(x.id)}>
                ${t('counter.tab.' + x.id)}
                ${x.id === 'approve' && waiting() > 0 && html`
                  <span class="badge badge-accent">
                    ${waiting()}
                    <span class="sr-only"> ${t('counter.side.for_me')}</span>
                  </span>
                `}
                <span class="kbd" aria-hidden="true">${x.key.toUpperCase()}</span>
              </button>
            `,
        )}
      </div>
    `;
}

function Work() {
    const at = here();
    return html`
      <section
          class="card counter-work" id="counter-work" role="tabpanel" aria-labelledby=${'tab-' + at}
          aria-busy=${String(!!busy.value)}>
        <${Unknown} />
        ${at === 'view' && html`<${AccountView} />`}
        ${at === 'in' && html`<${CashForm} way="in" />`}
        ${at === 'out' && html`<${CashForm} way="out" />`}
        ${at === 'transfer' && html`<${TransferForm} />`}
        ${at === 'open' && html`<${OpenForm} />`}
        ${at === 'standing' && html`<${StandingForm} />`}
        ${at === 'manage' && html`<${ManageForm} />`}
        ${at === 'drawer' && html`<${DrawerTab} />`}
        ${at === 'approve' && html`<${ApproveTab} />`}
        ${at === 'limits' && html`<${LimitsTab} />`}
      </section>
    `;
}

function Side() {
    const d = desk.live ? desk.live.data.value : null;
    if (!d)
        return html`
          <div class="counter-side"><${Loading} /></div>
        `;
    return html`
      <aside class="counter-side stack" aria-label=${t('counter.tab.approve')}>
        <section class="card stack-s">
          <h2 class="counter-h">
            ${t('counter.side.for_me')}
            ${d.for_me.length > 0 && html` <span class="badge badge-accent">
                ${d.for_me.length}
              </span>
            `}
          </h2>
          ${!d.for_me.length && html`<p class="small muted">${t('counter.side.for_me.none')}</p>`}
          ${d.for_me.map((/** @type {any} */ a) => html`<${ApprovalCard} key=${a.id} a=${a} />`)}
        </section>
        ${MONEY.includes(role()) && html`<${DrawerCard} />`}
        <section class="card stack-s">
          <h2 class="counter-h">${t('counter.side.mine')}</h2>
          ${!d.mine.length && html`<p class="small muted">${t('counter.side.mine.none')}</p>`}
          ${d.mine
              .slice(0, 6)
              .map((/** @type {any} */ a) => html`<${ApprovalCard} key=${a.id} a=${a} />`)}
        </section>
      </aside>
    `;
}

/** What was waiting for me before: what is new rings. @type {Set<number>|null} */
let known = null;
/** @param {any} d */
function listen(d) {
    if (known)
        for (const a of d.for_me)
            if (!known.has(a.id)) {
                ring();
                toast(t('counter.ring', { what: pick(a, 'summary') }), '', 10000);
            }
    known = new Set(d.for_me.map((/** @type {any} */ a) => a.id));
    document.title = document.title.replace(/^\(\d+\) /, '');
    if (d.for_me.length) document.title = `(${d.for_me.length}) ` + document.title;
}

/** Tabs that are not about the customer in front. */
const APART = ['drawer', 'approve', 'limits'];
/** The customer's side is of no use beside the limits' wide table. */
const withCustomer = () => MONEY.includes(role()) && tab.value !== 'limits';

function Desk() {
    const o = outletId();
    useEffect(() => {
        known = null;
        const l = live({
            url: '/api/counter/desk' + (o ? '?outlet=' + o : ''),
            stream: o ? `/api/outlets/${o}/stream` : undefined,
            poll_ms: o ? 60000 : 5000,
            wants: (/** @type {string} */ topic) =>
                topic.startsWith('approval.') || topic.startsWith('cash.'),
            onEvent: (/** @type {string} */ topic) => {
                if (topic.startsWith('cash.') || topic.startsWith('approval.')) stirred.value++;
            },
        });
        desk.live = l;
        stirred.value++;
        const stop = /** @type {any} */ (l.data).subscribe(
            (/** @type {any} */ d) => d && listen(d),
        );
        return () => {
            stop();
            l.close();
            desk.live = null;
        };
    }, [o]);
    stirred.value;
    if (!desk.live) return html`<${Loading} />`;
    const problem = desk.live.error.value;
    if (problem && !desk.live.data.value)
        return html`<${ProblemView} problem=${problem} onRetry=${() => desk.live.refresh()} />`;
    return html`
      <h1 class="sr-only">${t('counter.title')}</h1>
      <${Tabs} />
      <div
          class=${
            'counter' +
            (withCustomer() ? '' : ' counter-plain') +
            (APART.includes(here()) ? ' counter-apart' : here() === 'view' ? '' : ' counter-form')
          }>
        ${withCustomer() && html`<${CustomerPanel} />`}
        <${Work} />
        <${Side} />
      </div>
      <${Confirm} />
      <${Slip} />
      <${ApprovalDialog} />
    `;
}

/** What the page was opened for: ?customer=ID, ?account=NUMBER, ?approval=ID, ?tab=. */
async function begin() {
    await loadInfo();
    await loadSession();
    if (!session.value || !session.value.signed_in) return;
    get('/api/approve-limits').then((d) => (limits.value = d), toastProblem);
    get('/api/cash/settings').then((d) => (cashSettings.value = d), toastProblem);
    if (param('tab')) tab.value = param('tab');
    if (param('approval')) looked.value = Number(param('approval'));
    if (param('customer')) await openCustomer(Number(param('customer')));
    if (param('account')) {
        const d = await get('/api/counter/customers?find=' + encodeURIComponent(param('account')));
        if (d.items.length) await openCustomer(d.items[0].id);
        chosen.value = param('account');
    }
}

function App() {
    const who = session.value ? session.value.name + ':' + session.value.signed_in : '';
    useEffect(() => {
        window.addEventListener('keydown', onKey);
        return () => window.removeEventListener('keydown', onKey);
    }, []);
    useEffect(() => {
        begin().catch(toastProblem);
    }, [who]);
    const office = session.value && session.value.signed_in && !session.value.outlet_id;
    const where = office ? html`<${OutletPicker} />` : null;
    return html`
      <${Shell}
          title=${t('counter.title')} where=${where} wide footer=${false} class="counter-page"
          tools=${html`<${StaffNav} here="counter" />`}>
        <${NeedRole} roles=${ROLES.counter}>
          ${
            office &&
            !outletId() &&
            role() !== 'admin' &&
            role() !== 'office' &&
            role() !== 'auditor'
                ? html`<${ChooseOutlet} />`
                : html`<${Desk} />`
          }
        <//>
      <//>
    `;
}
mount(App);
