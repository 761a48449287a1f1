// books-find.js -- Search in the books; one transfer with its legs, its hold and its event.
import { html, useState } from './vendor.js';
import { t, lang, pick } from './texts.js';
import { session } from './api.js';
import { Field } from './ui.js';
import { stamp } from './format.js';
import { amount, typedText, typedWrong } from './amount.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { Agrees, Party, accountPage, at, goBooks, toBooks, transferPage } from './books-base.js';

const FIELDS = ['q', 'min', 'max', 'from', 'until', 'memo', 'currency'];

function Form() {
    const a = at.value;
    const [v, setV] = useState(Object.fromEntries(FIELDS.map((k) => [k, a[k] || ''])));
    const put = (/** @type {string} */ k) => (/** @type {string} */ x) => setV({ ...v, [k]: x });
    const late = v.from && v.until && v.from > v.until;
    const people = session.value && session.value.role !== 'admin';
    return html`
      <form
          class="card stack find-form" role="search"
          onSubmit=${(/** @type {any} */ e) => {
              e.preventDefault();
              if (!typedWrong(v.min) && !typedWrong(v.max) && !late)
                  goBooks({
                      view: 'search',
                      ...v,
                      q: v.q.trim(),
                      min: typedText(v.min),
                      max: typedText(v.max),
                      before: '',
                      go: '1',
                  });
          }}>
        <${Field}
            label=${t(people ? 'books.q.people' : 'books.q')} value=${v.q} onInput=${put('q')}
            hint=${t(people ? 'books.q.people.hint' : 'books.q.hint')} autocomplete="off" />
        <div class="find-more">
          <${Field}
              label=${t('books.min')} value=${v.min} onInput=${put('min')} inputmode="decimal"
              error=${typedWrong(v.min)} />
          <${Field}
              label=${t('books.max')} value=${v.max} onInput=${put('max')} inputmode="decimal"
              error=${typedWrong(v.max)} />
          <${Field} label=${t('books.from')} type="date" value=${v.from} onInput=${put('from')} />
          <${Field}
              label=${t('books.until')} type="date" value=${v.until} onInput=${put('until')}
              error=${late ? t('acct.period.bad') : undefined} />
          <${Field} label=${t('books.memo')} value=${v.memo} onInput=${put('memo')} />
        </div>
        <div><button type="submit" class="btn btn-primary">${t('books.find')}</button></div>
      </form>
    `;
}

/** A customer, masked, and the accounts; that they were shown is an event. @param {{x: any}} p */
const Person = ({ x }) =>
    html`
      <tr>
        <td>${t(x.customer.kind === 'company' ? 'books.kind.company' : 'books.kind.person')}</td>
        <td><span lang="zh-CN">${x.customer.name}</span></td>
        <td class="num">${x.customer.paper_number}</td>
        <td class="num">${x.customer.mobile || '—'}</td>
        <td>
          ${!x.accounts.length && html`<span class="muted">${t('books.person.none')}</span>`}
          ${x.accounts.map(
              (/** @type {any} */ a) => html`
                <div key=${a.id}>
                  <a class="num" href=${accountPage(a.id)}>${a.number}</a>
                  <span class="small muted"> ${pick(a, 'product')}</span>
                </div>
              `,
          )}
        </td>
      </tr>
    `;

/** @param {{items: any[]}} p */
const People = ({ items }) =>
    html`
      <${Scroll} label=${t('books.people')}>
        <table class="table table-tight table-phone">
          <thead>
            <tr>
              <th>${t('books.people')}</th>
              <th>${t('books.person.name')}</th>
              <th>${t('books.person.paper')}</th>
              <th>${t('books.person.mobile')}</th>
              <th>${t('books.person.accounts')}</th>
            </tr>
          </thead>
          <tbody>${items.map((x) => html`<${Person} key=${x.customer.id} x=${x} />`)}</tbody>
        </table>
      <//>
    `;

/** @param {{x: any}} p */
function FoundRow({ x }) {
    if (x.kind === 'account')
        return html`
          <tr>
            <td>${t('books.kind.account')}</td>
            <td colspan="5"><${Party} of=${x.account} /></td>
          </tr>
        `;
    const f = x.transfer;
    return html`
      <tr>
        <td>${t('books.tkind.' + f.kind)}</td>
        <td class="num"><a href=${transferPage(f.id)}>${f.number}</a></td>
        <td class="num nowrap">${f.booked}</td>
        <td class="r nowrap">${amount(f.amount)} <span class="small muted">${f.currency}</span></td>
        <td>
          ${f.debit && html`
            <span class="small muted">${t('books.debit')}</span> <${Party} of=${f.debit} /><br />
            <span class="small muted">${t('books.credit')}</span> <${Party} of=${f.credit} />
          `}
        </td>
        <td>${f.memo}</td>
      </tr>
    `;
}

export function Search() {
    const a = at.value;
    const p = new URLSearchParams();
    for (const k of [...FIELDS, 'before']) if (a[k]) p.set(k, a[k]);
    const l = useLoad(a.go ? '/api/books/search?' + p : '');
    const wait = a.go ? (l.problem ? state({ ...l, data: null }) : state(l)) : null;
    const found = a.go && !wait ? l.data.items : [];
    const people = found.filter((/** @type {any} */ x) => x.kind === 'person');
    const others = found.filter((/** @type {any} */ x) => x.kind !== 'person');
    return html`
      <section class="stack" aria-labelledby="find-title">
        <h2 id="find-title" class="sr-only">${t('books.view.search')}</h2>
        <${Form} key=${String(p)} />
        ${!a.go && html`<p class="empty">${t('books.found.start')}</p>`}
        ${wait}
        ${a.go && !wait && l.data.items.length === 0 && html`
          <p class="empty">${t('books.found.none')}</p>
        `}
        ${people.length > 0 && html`<${People} items=${people} />`}
        ${others.length > 0 && html`
          <${Scroll} label=${t('books.found')}>
            <table class="table table-tight table-phone">
              <thead>
                <tr>
                  <th>${t('books.found')}</th>
                  <th>${t('books.number')}</th>
                  <th>${t('books.booked')}</th>
                  <th class="r">${t('books.amount')}</th>
                  <th>${t('books.account')}</th>
                  <th>${t('books.memo.label')}</th>
                </tr>
              </thead>
              <tbody>
                ${others.map(
                    (/** @type {any} */ x, /** @type {number} */ i) =>
                        html`<${FoundRow} key=${i} x=${x} />`,
                )}
              </tbody>
            </table>
          <//>
          ${l.data.before && html`
            <p>
              <a class="btn" href=${toBooks({ ...a, view: 'search', before: l.data.before })}>
                ${t('books.more')}
              </a>
            </p>
          `}
        `}
      </section>
    `;
}

/* ---- one transfer ---- */

/** @param {{name: string, children?: any}} p */
const Fact = ({ name, children }) =>
    html`
      <div><dt>${name}</dt><dd>${children}</dd></div>
    `;

/** @param {{d: any}} p */
function Head({ d }) {
    return html`
      <section class="card stack">
        <div class="row row-between">
          <h2>
            ${t('books.tkind.' + d.kind)} <span class="num">${amount(d.amount)}</span>
            <span class="small muted"> ${d.currency}</span>
          </h2>
          ${d.reversed_by && html`
            <a class="badge badge-warn" href=${transferPage(d.reversed_by)}>
              ${t('books.reversed')} →
            </a>
          `}
        </div>
        <dl class="acct-facts">
          <${Fact} name=${t('books.number')}><span class="num">${d.number}</span><//>
          <${Fact} name=${t('books.booked')}><span class="num">${d.booked}</span><//>
          <${Fact} name=${t('books.value')}><span class="num">${d.value}</span><//>
          <${Fact} name=${t('books.at')}><span class="num">${stamp(d.at_ms)}</span><//>
          <${Fact} name=${t('books.memo.label')}>${d.memo || '—'}<//>
          ${d.of && html`
            <${Fact} name=${t('books.of')}>
              <a class="num" href=${transferPage(d.of)}>${d.of.slice(0, 12)}…</a>
            <//>
          `}
          ${d.hold && html`
            <${Fact} name=${t('books.hold.state')}>
              ${t('books.hold.' + d.hold.state)} · ${amount(d.hold.left)}
            <//>
          `}
          <${Fact} name=${t('books.id')}><code class="hash">${d.id}</code><//>
        </dl>
      </section>
    `;
}

/** @param {{d: any}} p */
function Event({ d }) {
    const e = d.event;
    return html`
      <section class="card stack" aria-labelledby="event-title">
        <h2 id="event-title">${t('books.event')}</h2>
        ${
          e
              ? html`
                  <dl class="acct-facts">
                    <${Fact} name=${e.topic}>
                      ${t('books.event.place', { seq: e.seq, outlet: e.outlet_id })}
                    <//>
                    <${Fact} name=${t('books.at')}><span class="num">${stamp(e.at_ms)}</span><//>
                    ${e.by && html`<${Fact} name=${t('books.event.by')}>${e.by}<//>`}
                    <${Fact} name=${t('books.event.hash')}><code class="hash">${e.hash}</code><//>
                  </dl>
                  <pre class="event-body" tabindex="0" aria-label=${t('books.event')}>
                    ${JSON.stringify(e.body, null, 1)}
                  </pre>
                `
              : html`<p class="muted">${t('books.event.none')}</p>`
        }
        ${d.meta.length > 0 && html`
          <p class="row-s">
            <strong>${t('books.meta')}</strong>
            ${d.meta.map(
                (/** @type {any} */ m) =>
                    html`
                      <a
                          key=${m.key} class="chip"
                          href=${toBooks({ view: 'search', q: m.key + '=' + m.value, go: '1' })}>
                        ${m.key}=${m.value}
                      </a>
                    `,
            )}
          </p>
        `}
      </section>
    `;
}

export function Transfer() {
    const a = at.value;
    const l = useLoad(
        '/api/books/transfer?' +
            (a.id
                ? 'id=' + encodeURIComponent(a.id)
                : 'number=' + encodeURIComponent(a.number || '')),
    );
    const wait = state(l);
    if (wait) return wait;
    const d = l.data;
    return html`
      <div class="stack" lang=${lang.value === 'en' ? 'en' : 'zh-CN'}>
        <p>
          <button type="button" class="btn btn-small" onClick=${() => history.back()}>
            ← ${t('dialog.back')}
          </button>
        </p>
        <${Head} d=${d} />
        <section class="stack" aria-labelledby="legs-title">
          <div class="row row-between">
            <h2 id="legs-title">${t('books.legs')}</h2>
            <span class="row-s">
              <span class="small">
                ${t('books.legs.sum', { debits: amount(d.debits), credits: amount(d.credits) })}
              </span>
              <${Agrees} a=${d.debits} b=${d.credits} />
            </span>
          </div>
          <${Scroll} label=${t('books.legs')}>
            <table class="table table-tight table-phone">
              <thead>
                <tr>
                  <th>${t('books.account')}</th>
                  <th class="r">${t('books.debit')}</th>
                  <th class="r">${t('books.credit')}</th>
                </tr>
              </thead>
              <tbody>
                ${d.legs.map(
                    (/** @type {any} */ g, /** @type {number} */ i) =>
                        html`
                          <tr key=${i}>
                            <th scope="row"><${Party} of=${g.account} /></th>
                            <td class="r">${g.side === 'debit' ? amount(g.amount) : ''}</td>
                            <td class="r">${g.side === 'credit' ? amount(g.amount) : ''}</td>
                          </tr>
                        `,
                )}
              </tbody>
            </table>
          <//>
        </section>
        <${Event} d=${d} />
      </div>
    `;
}
