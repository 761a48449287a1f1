// books.js -- The page of the books: the day, trial balance, balance sheet, search, proofs; every figure
// opens to what is under it.
import { html, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { session } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { mount, NeedRole, Shell, toastProblem } from './lib/ui.js';
import { ROLES, StaffNav } from './lib/staff.js';
import { useLoad } from './lib/office-base.js';
import { state } from './lib/office-views.js';
import { at, goBooks, mayBooks, toBooks } from './lib/books-base.js';
import { Sheet, Subject, Trial } from './lib/books-views.js';
import { Search, Transfer } from './lib/books-find.js';
import { Proofs } from './lib/books-proofs.js';
import { Products } from './lib/books-products.js';
import { Chart } from './lib/books-chart.js';
import { DayEnd } from './lib/books-dayend.js';

/** @type {Record<string, {of: any, pick?: boolean, tab?: boolean}>} */
const VIEWS = {
    trial: { of: Trial, pick: true, tab: true },
    sheet: { of: Sheet, pick: true, tab: true },
    search: { of: Search, tab: true },
    chart: { of: Chart, tab: true },
    products: { of: Products, tab: true },
    dayend: { of: DayEnd, tab: true },
    proofs: { of: Proofs, tab: true },
    subject: { of: Subject, pick: true },
    transfer: { of: Transfer },
};

/** @param {{view: string}} p */
function Tabs({ view }) {
    const under = view === 'subject' ? 'trial' : view === 'transfer' ? 'search' : view;
    useEffect(() => {
        const here = document.querySelector('.tabs [aria-current]');
        if (here) here.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }, [under]);
    return html`
      <nav class="tabs" aria-label=${t('books.views')}>
        ${Object.keys(VIEWS)
            .filter((name) => VIEWS[name].tab)
            .map(
                (name) =>
                    html`
                      <a
                          key=${name} href=${toBooks({ view: name })}
                          aria-current=${name === under ? 'page' : undefined}>
                        ${t('books.view.' + name)}
                      </a>
                    `,
            )}
      </nav>
    `;
}

/** Outlet, date and currency of the books. @param {{about: any}} p */
function Pickers({ about }) {
    const a = at.value;
    const keep = { view: a.view, code: a.code };
    return html`
      <div class="pickers row">
        ${!about.own_outlet && html`
          <label class="row-s">
            <span class="sr-only">${t('staff.outlet')}</span>
            <select
                class="select select-auto" value=${a.outlet || ''}
                onChange=${(/** @type {any} */ e) => goBooks({ ...keep, outlet: e.target.value })}>
              <option value="">${t('books.outlet.all')}</option>
              ${about.outlets.map(
                  (/** @type {any} */ o) =>
                      html`
                        <option key=${o.id} value=${o.id} selected=${String(o.id) === a.outlet}>
                          ${pick(o)}
                        </option>
                      `,
              )}
            </select>
          </label>
        `}
        <label class="row-s">
          <span class="small">${t('books.date')}</span>
          <input
              class="input select-auto" type="date" value=${a.date || about.business_date}
              max=${about.business_date}
              onChange=${(/** @type {any} */ e) => goBooks({ ...keep, date: e.target.value })} />
        </label>
        ${about.currencies.length > 1 && html`
          <div class="seg" role="group" aria-label=${t('books.currency')}>
            ${about.currencies.map(
                (/** @type {string} */ c) => html`
                  <button
                      key=${c} type="button" aria-pressed=${String((a.currency || 'CNY') === c)}
                      onClick=${() => goBooks({ ...keep, currency: c })}>
                    ${c}
                  </button>
                `,
            )}
          </div>
        `}
      </div>
    `;
}

/** @param {{about: any}} p */
const DayLine = ({ about }) => html`
  <p class="row-s small muted">
    <strong class="num">${t('books.day', { date: about.business_date })}</strong>
    <span>
      ${t(
          about.business_date === about.civil_date
              ? 'books.day.same'
              : about.business_date > about.civil_date
                ? 'books.day.ahead'
                : 'books.day.other',
          { date: about.civil_date },
      )}
    </span>
    <span>· ${t('books.explain.hint')}</span>
  </p>
`;

function Books() {
    const view = VIEWS[at.value.view] ? at.value.view : 'trial';
    const v = VIEWS[view];
    const l = useLoad('/api/books', 60000);
    const wait = state(l);
    useEffect(() => window.scrollTo(0, 0), [view, at.value.code, at.value.id]);
    return html`
      <h1 class="sr-only">${t('books.title')} · ${t('books.view.' + view)}</h1>
      <${Tabs} view=${view} />
      ${wait || html`
        <${DayLine} about=${l.data} />
        ${v.pick && html`<${Pickers} about=${l.data} />`}
        <${v.of} key=${view} about=${l.data} onDay=${l.again} />
      `}
    `;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
    }, []);
    /* a slip's lines are for all staff, the books are not */
    const one = at.value.view === 'transfer';
    return html`
      <${Shell}
          title=${t('books.title')} footer=${false} class="office-page books-page"
          tools=${html`<${StaffNav} here="books" />`}>
        <${NeedRole} roles=${one ? ROLES.counter : ROLES.books}>
          ${one && !mayBooks() ? html`<${Transfer} />` : html`<${Books} />`}
        <//>
      <//>
    `;
}
mount(App);
