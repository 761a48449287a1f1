// admin-places.js -- The bank's outlets, where a new one is made, and its customer classes.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { ActDialog, chooseOutlet, loadOutlets, outlets } from './staff.js';
import { Field, toastProblem } from './ui.js';
import { Check, saved, useSave } from './admin-base.js';

const NEW = [
    'code',
    'name_zh',
    'name_en',
    'district_zh',
    'district_en',
    'address_zh',
    'address_en',
    'phone',
    'lat',
    'lon',
];

/** @param {{onClose: () => void, onDone: (id: number) => void}} p */
function OutletDialog({ onClose, onDone }) {
    const [v, setV] = useState(/** @type {Record<string, string>} */ ({}));
    const { save, busy, error } = useSave();
    const place = [v.lat, v.lon].every((x) => x && Number.isFinite(Number(x)));
    const go = async () => {
        const r = await save('PUT', '/api/outlets/0', {
            ...v,
            lat: Number(v.lat),
            lon: Number(v.lon),
        });
        if (r) onDone(r.id);
    };
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose} title=${t('admin.outlets.add')}
          go=${t('dialog.save')} ready=${!!v.code && !!v.name_zh && place} busy=${busy} onGo=${go}>
        <p class="muted">${t('admin.outlets.hint')}</p>
        <div class="limit-grid">
          ${NEW.map(
              (k) => html`
                <${Field}
                    key=${k} label=${t('admin.outlet.' + k)} value=${v[k] || ''}
                    onInput=${(/** @type {string} */ x) => setV({ ...v, [k]: x })} error=${error(k)} />
              `,
          )}
        </div>
      <//>
    `;
}

/** @param {{list: any}} p */
export function Outlets({ list }) {
    const [add, setAdd] = useState(false);
    const open = (/** @type {number} */ id) => {
        chooseOutlet(id);
        location.hash = 'hours';
    };
    return html`
      <div class="stack">
        <div class="row row-between">
          <p class="muted">
            ${t(list.items.length ? 'admin.outlets.count' : 'first.title', {
                n: list.items.length,
            })}
          </p>
          <button type="button" class="btn btn-primary" onClick=${() => setAdd(true)}>
            ${t('admin.outlets.add')}
          </button>
        </div>
        <div class="grid">
          ${list.items.map(
              (/** @type {any} */ o) => html`
                <button key=${o.id} type="button" class="card" onClick=${() => open(o.id)}>
                  <strong>${o.code} ${pick(o)}</strong>
                  <div class="small muted">${pick(o, 'district')} ${pick(o, 'address')}</div>
                </button>
              `,
          )}
        </div>
        ${add && html`
          <${OutletDialog}
              onClose=${() => setAdd(false)}
              onDone=${async (/** @type {number} */ id) => {
                  setAdd(false);
                  saved();
                  outlets.value = null; /* the picker must know the new one */
                  await loadOutlets().catch(toastProblem);
                  open(id);
              }} />
        `}
      </div>
    `;
}

/** @param {{first: any, onClose: () => void, onDone: () => void}} p */
function ClassDialog({ first, onClose, onDone }) {
    const [k, setK] = useState({
        ...first,
        minutes: String(first.target_s / 60),
        goal: String(first.goal_ppm / 10000),
    });
    const { save, busy, error } = useSave();
    const set = (/** @type {any} */ more) => setK({ ...k, ...more });
    const go = async () => {
        const r = await save('PUT', `/api/classes/${first.index}`, {
            name_zh: k.name_zh,
            name_en: k.name_en,
            target_s: Math.round(Number(k.minutes) * 60),
            goal_ppm: Math.round(Number(k.goal) * 10000),
            mid_high: !!k.mid_high,
        });
        if (r) onDone();
    };
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${pick(first)} go=${t('dialog.save')} busy=${busy}
          ready=${!!k.name_zh && Number(k.minutes) > 0 && Number(k.goal) > 0} onGo=${go}>
        <div class="stack">
          <${Field}
              label=${t('admin.name_zh')} value=${k.name_zh} error=${error('name_zh')}
              onInput=${(/** @type {string} */ v) => set({ name_zh: v })} />
          <${Field}
              label=${t('admin.name_en')} value=${k.name_en} error=${error('name_en')}
              onInput=${(/** @type {string} */ v) => set({ name_en: v })} />
          <${Field}
              label=${t('admin.class.target')} type="number" min="1" value=${k.minutes}
              error=${error('target_s')} onInput=${(/** @type {string} */ v) => set({ minutes: v })} />
          <${Field}
              label=${t('admin.class.goal')} type="number" min="1" max="100" step="any"
              value=${k.goal} error=${error('goal_ppm')}
              onInput=${(/** @type {string} */ v) => set({ goal: v })} />
          <${Check}
              label=${t('admin.class.mid_high')} checked=${!!k.mid_high}
              onInput=${(/** @type {boolean} */ v) => set({ mid_high: v })} />
        </div>
      <//>
    `;
}

/** @param {{classes: any, reload: () => void}} p */
export function Classes({ classes, reload }) {
    const [edit, setEdit] = useState(/** @type {any} */ (null));
    return html`
      <div class="stack">
        <p class="muted">${t('admin.class.hint')}</p>
        <div class="grid">
          ${classes.items.map(
              (/** @type {any} */ k) => html`
                <button key=${k.index} type="button" class="card" onClick=${() => setEdit(k)}>
                  <strong>${pick(k)}</strong> <span class="badge">${k.code}</span>
                  <div class="small muted">
                    ${t('admin.class.line', { min: k.target_s / 60, goal: k.goal_ppm / 10000 })}
                  </div>
                </button>
              `,
          )}
        </div>
        ${edit && html`
          <${ClassDialog}
              key=${edit.index} first=${edit} onClose=${() => setEdit(null)}
              onDone=${() => {
                  setEdit(null);
                  saved();
                  reload();
              }} />
        `}
      </div>
    `;
}
