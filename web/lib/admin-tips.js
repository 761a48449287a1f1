// admin-tips.js -- What customers should know of new and complex business before they come: what to bring,
// the steps, where else it can be done. Beside the form stands what they will see.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get, Problem } from './api.js';
import { serverNow } from './live.js';
import { Field, Loading, ProblemView, Select } from './ui.js';
import { dateOf } from './format.js';
import { ActDialog } from './staff.js';
import { Scroll } from './table.js';
import { Tip } from './tips.js';
import { Check, saved, useSave } from './admin-base.js';

const PARTS = ['bring', 'steps', 'elsewhere'];

/** Is it shown today, not yet, or no more? @param {any} x @param {string} day */
const standing = (x, day) =>
    !x.active
        ? 'off'
        : x.from && day < x.from
          ? 'later'
          : x.until && day > x.until
            ? 'over'
            : 'shown';

const blank = () => ({
    id: 0,
    service_id: 0,
    kind: 'complex',
    active: true,
    sort: 0,
    from: dateOf(serverNow()),
    until: '',
    title_zh: '',
    title_en: '',
    ...Object.fromEntries(PARTS.flatMap((p) => [p + '_zh', p + '_en']).map((k) => [k, ''])),
});

/** The form. @param {{first: any, services: any[], onClose: () => void, onDone: () => void}} p */
function TipDialog({ first, services, onClose, onDone }) {
    const [x, setX] = useState(first);
    const { save, busy, error } = useSave();
    const set = (/** @type {string} */ k) => (/** @type {any} */ v) => setX({ ...x, [k]: v });
    const go = async () => {
        const { id, ...body } = x;
        body.service_id = Number(x.service_id);
        body.sort = Math.trunc(Number(x.sort)) || 0;
        if (await save('PUT', '/api/tips/' + id, body)) onDone();
    };
    const pair = (/** @type {string} */ part, /** @type {any} */ more) => html`
      <div class="grid-2">
        ${['zh', 'en'].map(
            (l) => html`
              <${Field}
                  key=${l} label=${t('admin.tip.' + part) + t('admin.in.' + l)}
                  value=${x[part + '_' + l]} onInput=${set(part + '_' + l)} lang=${l}
                  error=${error(part + '_' + l)} maxlength=${more[l]} type=${more.type || 'text'}
                  rows=${more.rows} required=${part === 'title' && l === 'zh'} />
            `,
        )}
      </div>
    `;
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose} go=${t('dialog.save')} busy=${busy}
          title=${first.id ? pick(first, 'title') : t('admin.tip.add')} ready=${!!x.title_zh.trim()}
          onGo=${go}>
        <div class="grid-2">
          <${Select}
              label=${t('admin.tip.service')} value=${x.service_id} onInput=${set('service_id')}
              options=${[
                  { value: 0, text: t('admin.tip.every') },
                  ...services.map((s) => ({ value: s.id, text: pick(s) })),
              ]}
              error=${error('service_id')} />
          <${Select}
              label=${t('admin.tip.kind')} value=${x.kind} onInput=${set('kind')}
              options=${['new', 'complex'].map((k) => ({ value: k, text: t('tip.' + k) }))}
              error=${error('kind')} />
        </div>
        ${pair('title', { zh: 31, en: 95 })}
        ${pair('bring', { zh: 260, en: 790, type: 'textarea', rows: 2 })}
        ${pair('steps', { zh: 260, en: 790, type: 'textarea', rows: 4 })}
        <p class="small muted">${t('admin.tip.steps.hint')}</p>
        ${pair('elsewhere', { zh: 260, en: 790, type: 'textarea', rows: 2 })}
        <div class="grid-2">
          <${Field}
              label=${t('admin.tip.from')} type="date" value=${x.from || ''} onInput=${set('from')}
              error=${error('from')} />
          <${Field}
              label=${t('admin.tip.until')} type="date" value=${x.until || ''}
              onInput=${set('until')} error=${error('until')} hint=${t('admin.tip.until.hint')} />
        </div>
        <${Check} label=${t('admin.tip.active')} checked=${x.active} onInput=${set('active')} />
        ${x.title_zh.trim() && html`
          <section class="stack-s" aria-label=${t('admin.tip.preview')}>
            <p class="small muted">${t('admin.tip.preview')}</p>
            <${Tip} tip=${x} />
          </section>
        `}
      <//>
    `;
}

export function TipsForm() {
    const [d, setD] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const [edit, setEdit] = useState(/** @type {any} */ (null));
    const load = () =>
        Promise.all([get('/api/tips/all'), get('/api/services')]).then(([tips, services]) => {
            setD({ tips: tips.items, services: services.items });
            setProblem(null);
        }, setProblem);
    useEffect(() => {
        load();
    }, []);
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!d) return html`<${Loading} />`;
    const day = dateOf(serverNow());
    const service = (/** @type {number} */ id) =>
        pick(d.services.find((/** @type {any} */ s) => s.id === id)) || t('admin.tip.every');
    return html`
      <div class="stack">
        <div class="row row-between">
          <p class="muted grow">${t('admin.tip.hint')}</p>
          <button type="button" class="btn btn-primary" onClick=${() => setEdit(blank())}>
            ${t('admin.tip.add')}
          </button>
        </div>
        <${Scroll} label=${t('admin.tips')}>
          <table class="table table-phone">
            <thead>
              <tr>
                <th>${t('admin.tip.title')}</th>
                <th>${t('admin.tip.service')}</th>
                <th>${t('admin.tip.kind')}</th>
                <th>${t('admin.tip.days')}</th>
                <th>${t('floor.t.state')}</th>
                <th><span class="sr-only">${t('admin.edit')}</span></th>
              </tr>
            </thead>
            <tbody>
              ${d.tips.map((/** @type {any} */ x) => {
                  const state = standing(x, day);
                  return html`
                    <tr key=${x.id} class=${state === 'shown' ? '' : 'row-off'}>
                      <th scope="row" class="lead">${pick(x, 'title')}</th>
                      <td>${service(x.service_id)}</td>
                      <td>${t('tip.' + x.kind)}</td>
                      <td class="num nowrap">${x.from || ''} – ${x.until || ''}</td>
                      <td>
                        <span class=${'badge nowrap' + (state === 'shown' ? ' badge-ok' : '')}>
                          ${t('admin.tip.' + state)}
                        </span>
                      </td>
                      <td class="r">
                        <button
                            type="button" class="btn btn-small btn-quiet"
                            aria-label=${t('admin.edit.of', { name: pick(x, 'title') })}
                            onClick=${() =>
                                setEdit({ ...x, from: x.from || '', until: x.until || '' })}>
                          ${t('admin.edit')}
                        </button>
                      </td>
                    </tr>
                  `;
              })}
            </tbody>
          </table>
        <//>
        ${d.tips.length === 0 && html`<p class="empty">${t('admin.tip.none')}</p>`}
        ${edit && html`
          <${TipDialog}
              key=${edit.id} first=${edit} services=${d.services} onClose=${() => setEdit(null)}
              onDone=${() => {
                  setEdit(null);
                  saved();
                  load();
              }} />
        `}
      </div>
    `;
}
