// books-chart.js -- The chart of accounts (会计科目): by class, which are in use; one more takes two people.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { Field, Select } from './ui.js';
import { ActDialog } from './staff.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { toBooks } from './books-base.js';
import { Waiting, mayChange, useChange } from './books-change.js';

const CLASSES = ['1', '2', '3', '4', '6', '7'];
const classes = () => CLASSES.map((x) => ({ value: x, text: t('books.class.' + x) }));

/** @param {{first: any, onClose: () => void, onDone: () => void}} q */
function SubjectForm({ first, onClose, onDone }) {
    const fresh = !first.code;
    const [v, setV] = useState(
        /** @type {any} */ ({ code: '', class: '1', name_zh: '', name_en: '', ...first }),
    );
    const { busy, error, change } = useChange(onDone);
    const set = (/** @type {string} */ k) => (/** @type {any} */ x) => setV({ ...v, [k]: x });
    const code = String(v.code).trim();
    const go = () =>
        change('PUT', '/api/books/subjects/' + encodeURIComponent(code), {
            class: Number(v.class),
            name_zh: v.name_zh.trim(),
            name_en: v.name_en.trim(),
        });
    return html`
      <${ActDialog}
          open onClose=${onClose} wide busy=${busy} onGo=${go} go=${t('prod.rate.ask')}
          title=${t(fresh ? 'chart.new' : 'chart.change')}
          ready=${/^\d{4,8}$/.test(code) && !!v.name_zh.trim() && !!v.name_en.trim()}>
        <div class="prod-fields">
          <${Field}
              label=${t('books.code')} value=${v.code} onInput=${set('code')} required
              readonly=${!fresh} inputmode="numeric" maxlength=${8} autocomplete="off"
              hint=${t('chart.code.hint')} error=${error('code')} />
          <${Select}
              label=${t('chart.class')} value=${String(v.class)} onInput=${set('class')}
              options=${classes()} error=${error('class')} />
          <${Field}
              label=${t('prod.name_zh')} value=${v.name_zh} onInput=${set('name_zh')} required
              autocomplete="off" error=${error('name_zh')} />
          <${Field}
              label=${t('prod.name_en')} value=${v.name_en} onInput=${set('name_en')} required
              autocomplete="off" error=${error('name_en')} />
        </div>
        <p class="small muted">${t('chart.two')}</p>
      <//>
    `;
}

/** @param {{x: any, used: boolean, onChange: () => void}} q */
const Row = ({ x, used, onChange }) => html`
  <tr>
    <td class="num lead">${x.code}</td>
    <th scope="row" class="lead">
      ${used ? html`<a href=${toBooks({ view: 'subject', code: x.code })}>${pick(x)}</a>` : pick(x)}
    </th>
    <td>${t('books.class.' + x.class)}</td>
    <td>${used && html`<span class="badge badge-ok">${t('chart.used')}</span>`}</td>
    <td class="r">
      ${mayChange() && html`
        <button
            type="button" class="btn btn-small" onClick=${onChange}
            aria-label=${t('chart.change') + ' ' + x.code}>
          ${t('prod.edit')}
        </button>
      `}
    </td>
  </tr>
`;

export function Chart() {
    const l = useLoad('/api/books/subjects');
    const trial = useLoad('/api/books/trial');
    const waiting = useLoad('/api/approvals?which=all', 10000);
    const [only, setOnly] = useState('');
    const [form, setForm] = useState(/** @type {any} */ (null));
    const wait = state(l) || state(trial);
    if (wait) return wait;
    const used = new Set(trial.data.lines.map((/** @type {any} */ x) => x.code));
    const items = l.data.items.filter((/** @type {any} */ x) => !only || String(x.class) === only);
    const done = () => {
        setForm(null);
        l.again();
        waiting.again();
    };
    return html`
      <div class="stack">
        <${Waiting} of=${waiting} about="/api/books/subjects" />
        <div class="row row-between">
          <h2>${t('books.view.chart')}</h2>
          <div class="row-s">
            <label class="row-s">
              <span class="sr-only">${t('chart.class')}</span>
              <select
                  class="select select-auto" value=${only}
                  onChange=${(/** @type {any} */ e) => setOnly(e.target.value)}>
                <option value="">${t('chart.all')}</option>
                ${classes().map(
                    (c) => html`<option key=${c.value} value=${c.value}>${c.text}</option>`,
                )}
              </select>
            </label>
            ${mayChange() && html`
              <button type="button" class="btn btn-small" onClick=${() => setForm({})}>
                ${t('chart.new')}
              </button>
            `}
          </div>
        </div>
        <${Scroll} label=${t('books.view.chart')}>
          <table class="table table-tight table-phone chart-table">
            <thead>
              <tr>
                <th>${t('books.code')}</th>
                <th>${t('books.subject')}</th>
                <th>${t('chart.class')}</th>
                <th><span class="sr-only">${t('chart.used')}</span></th>
                <th><span class="sr-only">${t('prod.edit')}</span></th>
              </tr>
            </thead>
            <tbody>
              ${items.map(
                  (/** @type {any} */ x) =>
                      html`
                        <${Row}
                            key=${x.code} x=${x} used=${used.has(x.code)}
                            onChange=${() => setForm(x)} />
                      `,
              )}
            </tbody>
          </table>
        <//>
        ${form && html`
          <${SubjectForm} first=${form} onClose=${() => setForm(null)} onDone=${done} />
        `}
      </div>
    `;
}
