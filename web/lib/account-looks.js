// account-looks.js -- Who looked at whose account, for those who audit: each look is an event of the chain.
import { html, useState } from './vendor.js';
import { t, has } from './texts.js';
import { stamp } from './format.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { mayBooks } from './books-base.js';
import { Scroll } from './table.js';

const FIRST = 10;

/** @param {any} x */
function what(x) {
    const key = x.topic === 'customer.viewed' ? 'looks.what.' + x.body.what : 'looks.' + x.topic;
    return has(key) ? t(key) : x.body.what || x.topic;
}

/** @param {{customer: number}} p */
function List({ customer }) {
    const [all, setAll] = useState(false);
    const l = useLoad(`/api/customers/${customer}/looks`);
    const wait = state(l);
    const items = l.data ? l.data.items : [];
    return html`
      <section class="stack" aria-labelledby="looks-title">
        <div>
          <h2 id="looks-title">${t('looks.title')}</h2>
          <p class="small muted">${t('looks.hint')}</p>
        </div>
        ${wait}
        ${l.data && !items.length && html`<p class="empty">${t('looks.none')}</p>`}
        ${items.length > 0 && html`
          <${Scroll} label=${t('looks.title')}>
            <table class="table table-tight table-phone">
              <thead>
                <tr>
                  <th>${t('books.at')}</th>
                  <th>${t('looks.who')}</th>
                  <th>${t('looks.what')}</th>
                  <th>${t('staff.reason')}</th>
                </tr>
              </thead>
              <tbody>
                ${(all ? items : items.slice(0, FIRST)).map(
                    (/** @type {any} */ x, /** @type {number} */ i) => html`
                      <tr key=${i}>
                        <td class="num nowrap">${stamp(x.at_ms)}</td>
                        <td>${x.who || t('looks.system')}</td>
                        <td>${what(x)}</td>
                        <td>${x.body.reason || '—'}</td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          <//>
          ${!all && items.length > FIRST && html`
            <p>
              <button type="button" class="btn btn-small" onClick=${() => setAll(true)}>
                ${t('looks.all', { n: l.data.all })}
              </button>
            </p>
          `}
        `}
      </section>
    `;
}

/** Only for those who may open the books. @param {{customer: number}} p */
export const Looks = ({ customer }) => (mayBooks() ? html`<${List} customer=${customer} />` : null);
