// account.js -- One account for staff: what it is and holds, its life, its lines, its statements. Who
// looks leaves a trace.
import { html, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { stamp } from './lib/format.js';
import { loadInfo } from './lib/live.js';
import { Field, mount, NeedRole, param, Shell, toastProblem } from './lib/ui.js';
import { StaffNav } from './lib/staff.js';
import { amount, isZero } from './lib/amount.js';
import { useLoad } from './lib/office-base.js';
import { state } from './lib/office-views.js';
import { Figure, Party, accountPage, mayBooks, transferPage } from './lib/books-base.js';
import { LifeLine } from './lib/account-life.js';
import { Lines } from './lib/account-lines.js';
import { Statements } from './lib/account-papers.js';
import { Interest } from './lib/account-interest.js';
import { Looks } from './lib/account-looks.js';

const STAFF = ['teller', 'floor', 'head', 'office', 'auditor', 'admin'];
/** @param {string} no */
const path = (no) => '/api/books/accounts/' + encodeURIComponent(no);

/** @param {{d: any}} p */
function Badges({ d }) {
    return html`
      <span class=${'badge ' + (d.state === 'open' ? 'badge-ok' : 'badge-warn')}>
        ${t('acct.state.' + d.state)}
      </span>
      ${d.freeze !== 'none' && html`
        <span class="badge badge-danger">${t('acct.freeze.' + d.freeze)}</span>
      `}
      ${d.stopped && html`<span class="badge badge-danger">${t('acct.stopped')}</span>`}
      ${d.hot && html`<span class="badge badge-info">${t('acct.hot')}</span>`}
    `;
}

/** @param {{label: string, value: string, currency: string, main?: boolean, quiet?: boolean}} p */
const Stat = ({ label, value, currency, main, quiet }) => html`
  <div class=${'stat ' + (main ? 'stat-main' : '') + (quiet ? ' stat-quiet' : '')}>
    <span class="label">${label}</span>
    <span class="value num">
      ${amount(value)}
      ${main && html`<span class="unit">${currency}</span>`}
    </span>
  </div>
`;

/** @param {{d: any}} p */
function Head({ d }) {
    return html`
      <section class="card stack acct-head" aria-labelledby="acct-title">
        <div class="row row-between">
          <div>
            <p class="row-s">
              <strong class="num acct-number">${d.number}</strong>
              <${Badges} d=${d} />
            </p>
            <h1 id="acct-title">${d.name || d.number}</h1>
            <p class="small muted row-s">
              ${pick(d, 'product') && html`<span>${pick(d, 'product')}</span>`}
              ${
                mayBooks()
                    ? html`
                        <a
                            href=${
                              '/books.html#view=subject&code=' +
                              d.subject +
                              '&currency=' +
                              d.currency
                            }>
                          ${t('acct.subject', { code: d.subject })}
                        </a>
                      `
                    : html`<span>${t('acct.subject', { code: d.subject })}</span>`
              }
              <span class="num">${t('acct.opened', { date: d.opened })}</span>
              <span class="num">${t('acct.lines.count', { n: d.entries })}</span>
            </p>
          </div>
          <p class="small muted">${d.customer ? t('acct.logged') : ''}</p>
        </div>
        <div class="stats acct-stats">
          <${Stat} label=${t('acct.book')} value=${d.balance} currency=${d.currency} main=${true} />
          <${Stat} label=${t('acct.available')} value=${d.available} currency=${d.currency} />
          <${Stat}
              label=${t('acct.held')} value=${d.held} currency=${d.currency} quiet=${isZero(d.held)} />
          <${Stat}
              label=${t('acct.frozen')} value=${d.frozen} currency=${d.currency}
              quiet=${isZero(d.frozen)} />
          <${Stat}
              label=${t('acct.coming')} value=${d.coming} currency=${d.currency}
              quiet=${isZero(d.coming)} />
        </div>
        <p class="explain-sum small">
          ${t(d.debit_side ? 'acct.sum.debit' : 'acct.sum.credit', {
              debits: amount(d.debits),
              credits: amount(d.credits),
              balance: amount(d.balance),
          })}
        </p>
      </section>
    `;
}

/** @param {{d: any}} p */
function Holds({ d }) {
    /* a customer's account is found by its number anyway */
    const meta = d.meta.filter((/** @type {any} */ m) => m.value !== d.number);
    return html`
      <section class="card stack" aria-labelledby="holds-title">
        <h2 id="holds-title">${t('acct.holds')}</h2>
        ${
          d.holds.length === 0
              ? html`<p class="muted small">${t('acct.holds.none')}</p>`
              : html`
                  <ul class="plain-list">
                    ${d.holds.map(
                        (/** @type {any} */ h) => html`
                          <li key=${h.id} class="row row-between">
                            <${Figure} of=${h.amount} href=${transferPage(h.id)} />
                            <span class="small">
                              ${
                                h.expires_ms
                                    ? t('acct.expires') + ' ' + stamp(h.expires_ms).slice(0, 16)
                                    : t('acct.never')
                              }
                            </span>
                            <span class="small"><${Party} of=${h.other} /></span>
                          </li>
                        `,
                    )}
                  </ul>
                `
        }
        ${meta.length > 0 && html`
          <p class="row-s small">
            <strong>${t('acct.meta')}</strong>
            ${meta.map(
                (/** @type {any} */ m) => html`<code key=${m.key}>${m.key}=${m.value}</code>`,
            )}
          </p>
        `}
      </section>
    `;
}

/** What else the customer has here. @param {{d: any}} p */
function Others({ d }) {
    if (!d.others.length) return null;
    return html`
      <section class="card stack-s" aria-labelledby="others-title">
        <h2 id="others-title">${t('acct.others')}</h2>
        <ul class="plain-list acct-others">
          ${d.others.map(
              (/** @type {any} */ o) => html`
                <li key=${o.number} class="row row-between">
                  <span>
                    <a href=${accountPage(o.number)}>${pick(o, 'product')}</a>
                    <span class="small muted num"> ${o.number}</span>
                  </span>
                  ${
                    o.state === 'closed'
                        ? html`<span class="badge">${t('acct.state.closed')}</span>`
                        : html`<strong class="num">${amount(o.balance)}</strong>`
                  }
                </li>
              `,
          )}
        </ul>
      </section>
    `;
}

/** @param {{no: string}} p */
function Account({ no }) {
    const l = useLoad(path(no));
    /* the period that is looked at, from the statement's card */
    const [period, setPeriod] = useState(/** @type {{from: string, until: string}|null} */ (null));
    if (l.problem && l.problem.status === 404) return html`<${Ask} first=${no} wrong />`;
    const wait = state(l);
    if (wait) return wait;
    const d = l.data;
    return html`
      <${Head} d=${d} />
      <div class="acct-grid">
        <${LifeLine} path=${path(no)} currency=${d.currency} />
        <div class="stack">
          <${Statements} path=${path(no)} d=${d} onSee=${setPeriod} />
          <${Others} d=${d} />
          <${Holds} d=${d} />
        </div>
      </div>
      <${Lines} path=${path(no)} d=${d} period=${period} />
      ${d.customer && html`<${Interest} number=${d.number} />`}
      ${d.customer && html`<${Looks} customer=${d.customer_id} />`}
    `;
}

/** Asked for without a number, or with one that is none. @param {{first?: string, wrong?: boolean}} p */
function Ask({ first = '', wrong }) {
    const [no, setNo] = useState(first);
    return html`
      <form
          class="card stack acct-ask"
          onSubmit=${(/** @type {any} */ e) => {
              e.preventDefault();
              if (no.trim()) location.assign(accountPage(no.replace(/\s/g, '')));
          }}>
        <h1>${t('acct.open')}</h1>
        <${Field}
            label=${t('acct.no')} value=${no} onInput=${setNo} autocomplete="off"
            inputmode="numeric" required=${true} hint=${t('acct.no.hint')}
            error=${wrong && no === first ? t('acct.no.none') : undefined} />
        <div><button type="submit" class="btn btn-primary">${t('acct.open')}</button></div>
      </form>
    `;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
    }, []);
    const no = param('no');
    return html`
      <${Shell}
          title=${t('acct.title')} footer=${false} class="office-page books-page"
          tools=${html`<${StaffNav} here="books" />`}>
        <${NeedRole} roles=${STAFF}>${no ? html`<${Account} no=${no} />` : html`<${Ask} />`}<//>
      <//>
    `;
}
mount(App);
