// admin-outlet.js -- Opening hours, windows with their services, the outlet's own data, the bank's services.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { Field } from './ui.js';
import { clockOf } from './format.js';
import { ActDialog } from './staff.js';
import { Scroll } from './table.js';
import { Check, SaveBar, saved, useSave } from './admin-base.js';
import { useRuleCheck } from './admin-settings.js';

/** "08:30" in seconds of the day. @param {string} v */
const seconds = (v) => {
    const m = /^(\d{1,2}):(\d{2})/.exec(v);
    return m ? Number(m[1]) * 3600 + Number(m[2]) * 60 : 0;
};

/** @param {{outlet: any, o: number, reload: () => void}} p */
export function Hours({ outlet, o, reload }) {
    const first = outlet.week.map((/** @type {any} */ d) => ({ ...d }));
    const [week, setWeek] = useState(first);
    const { save, busy } = useSave();
    const changed = week.filter(
        (/** @type {any} */ d, /** @type {number} */ i) =>
            d.opens_s !== outlet.week[i].opens_s || d.closes_s !== outlet.week[i].closes_s,
    );
    const set = (/** @type {number} */ i, /** @type {any} */ more) =>
        setWeek(
            week.map((/** @type {any} */ d, /** @type {number} */ n) =>
                n === i ? { ...d, ...more } : d,
            ),
        );
    const ready = week.every((/** @type {any} */ d) => d.opens_s <= d.closes_s);
    const go = async () => {
        for (const d of changed)
            if (
                !(await save('PUT', `/api/outlets/${o}/hours`, {
                    weekday: d.weekday,
                    opens_s: d.opens_s,
                    closes_s: d.closes_s,
                }))
            )
                return;
        saved();
        reload();
    };
    return html`
      <div class="stack">
        <p class="muted">${t('admin.hours.hint')}</p>
        <div class="card">
          <ul class="hours">
            ${week.map((/** @type {any} */ d, /** @type {number} */ i) => {
                const open = d.closes_s > d.opens_s || d.opens_s > d.closes_s,
                    day = t('weekday.' + d.weekday);
                return html`
                  <li key=${d.weekday}>
                    <strong>${day}</strong>
                    <label class="check">
                      <input
                          type="checkbox" checked=${open}
                          onChange=${(/** @type {any} */ e) =>
                              set(
                                  i,
                                  e.target.checked
                                      ? { opens_s: 30600, closes_s: 61200 }
                                      : { opens_s: 0, closes_s: 0 },
                              )} />
                      <span>
                        ${t(open ? 'admin.hours.open' : 'admin.hours.closed')}
                        <span class="sr-only"> ${day}</span>
                      </span>
                    </label>
                    ${
                      open
                          ? html`
                              <span class="row-s">
                                <input
                                    class="input select-auto" type="time"
                                    aria-label=${day + ' ' + t('admin.hours.from')}
                                    value=${clockOf(d.opens_s)}
                                    onInput=${(/** @type {any} */ e) =>
                                        set(i, { opens_s: seconds(e.target.value) })} /> –
                                <input
                                    class="input select-auto" type="time"
                                    aria-label=${day + ' ' + t('admin.hours.until')}
                                    value=${clockOf(d.closes_s)}
                                    onInput=${(/** @type {any} */ e) =>
                                        set(i, { closes_s: seconds(e.target.value) })} />
                              </span>
                            `
                          : html`<span></span>`
                    }
                    ${
                      d.opens_s > d.closes_s
                          ? html`
                              <span class="strong wait-over" role="alert">
                                ${t('admin.hours.bad')}
                              </span>
                            `
                          : null
                    }
                  </li>
                `;
            })}
          </ul>
        </div>
        <${SaveBar}
            dirty=${changed.length > 0} busy=${busy} ready=${ready} onSave=${go}
            onDrop=${() => setWeek(first)} />
      </div>
    `;
}

/** @param {{windows: any, services: any, outlet: any, o: number, reload: () => void}} p */
export function Windows({ windows, services, o, reload }) {
    const [edit, setEdit] = useState(/** @type {any} */ (null));
    const all = services.items.filter((/** @type {any} */ s) => s.active !== false);
    const name = (/** @type {number} */ id) => {
        const s = all.find((/** @type {any} */ x) => x.id === id);
        return s ? s.prefix + ' ' + pick(s) : '';
    };
    const next = Math.max(0, ...windows.items.map((/** @type {any} */ w) => w.number)) + 1;
    return html`
      <div class="stack">
        <div class="row row-between">
          <p class="muted">${t('admin.windows.hint')}</p>
          <button
              type="button" class="btn btn-primary"
              onClick=${() =>
                  setEdit({
                      id: 0,
                      number: next,
                      name_zh: '',
                      name_en: '',
                      corporate: false,
                      active: true,
                      services: [],
                      rule: '',
                  })}>
            ${t('admin.windows.add')}
          </button>
        </div>
        <ul class="grid">
          ${windows.items.map(
              (/** @type {any} */ w) => html`
                <li key=${w.id}>
                  <button
                      type="button"
                      class=${'card window-card ' + (w.active === false ? 'row-off' : '')}
                      onClick=${() =>
                          setEdit({ rule: '', active: true, ...w, services: w.services || [] })}>
                    <span class="window-number num">${w.number}</span>
                    <span class="stack-s grow">
                      <span class="row-s">
                        <strong>${pick(w)}</strong>
                        ${w.corporate && html`
                          <span class="badge badge-info">${t('admin.corporate')}</span>
                        `}
                        ${w.active === false && html`
                          <span class="badge">${t('admin.inactive')}</span>
                        `}
                        ${w.rule && html`
                          <span class="badge badge-accent">${t('admin.windows.own')}</span>
                        `}
                      </span>
                      <span class="small muted">
                        ${
                          (w.services || [])
                              .slice()
                              .sort(
                                  (/** @type {any} */ a, /** @type {any} */ b) =>
                                      a.preference - b.preference,
                              )
                              .map((/** @type {any} */ x) => name(x.service_id))
                              .filter(Boolean)
                              .join(' · ') || t('admin.windows.none')
                        }
                      </span>
                    </span>
                  </button>
                </li>
              `,
          )}
        </ul>
        ${edit && html`
          <${WindowDialog}
              key=${edit.id} first=${edit} services=${all} o=${o} onClose=${() => setEdit(null)}
              onDone=${() => {
                  setEdit(null);
                  saved();
                  reload();
              }} />
        `}
      </div>
    `;
}
/** @param {{first: any, services: any[], o: number, onClose: () => void, onDone: () => void}} p */
function WindowDialog({ first, services, o, onClose, onDone }) {
    const [w, setW] = useState(first);
    const { save, busy, error } = useSave();
    const set = (/** @type {any} */ more) => setW({ ...w, ...more });
    const chosen = w.services
        .slice()
        .sort((/** @type {any} */ a, /** @type {any} */ b) => a.preference - b.preference)
        .map((/** @type {any} */ x) => x.service_id);
    const order = (/** @type {number[]} */ ids) =>
        set({ services: ids.map((service_id, i) => ({ service_id, preference: i + 1 })) });
    const up = (/** @type {number} */ i) =>
        order(
            chosen.map((/** @type {number} */ x, /** @type {number} */ n) =>
                n === i - 1 ? chosen[i] : n === i ? chosen[i - 1] : x,
            ),
        );
    const check = useRuleCheck(w.rule || 'fcfs', [], `/api/outlets/${o}/rule-check`);
    const go = async () => {
        const body = {
            number: Number(w.number),
            name_zh: w.name_zh,
            name_en: w.name_en,
            corporate: !!w.corporate,
            active: w.active !== false,
            services: w.services,
            ...((w.rule || '') === (first.rule || '') ? {} : { rule: w.rule || '' }),
            ...(w.id ? {} : { outlet_id: o }),
        };
        if (await save('PUT', `/api/windows/${w.id}`, body)) onDone();
    };
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose}
          title=${w.id ? t('win.number', { n: w.number }) : t('admin.windows.add')}
          go=${t('dialog.save')} ready=${w.name_zh.trim() !== '' && Number(w.number) > 0}
          busy=${busy} onGo=${go}>
        <div class="grid-3">
          <${Field}
              label=${t('admin.number')} type="number" min="1" max="99" value=${String(w.number)}
              onInput=${(/** @type {string} */ v) => set({ number: v })} error=${error('number')} />
          <${Field}
              label=${t('admin.name_zh')} value=${w.name_zh}
              onInput=${(/** @type {string} */ v) => set({ name_zh: v })} required maxlength=${24}
              error=${error('name_zh')} />
          <${Field}
              label=${t('admin.name_en')} value=${w.name_en}
              onInput=${(/** @type {string} */ v) => set({ name_en: v })} maxlength=${40}
              error=${error('name_en')} />
        </div>
        <fieldset class="stack-s">
          <legend>${t('admin.windows.services')}</legend>
          <p class="small muted">${t('admin.windows.order')}</p>
          ${chosen.length > 0 && html`
            <ol class="prefer">
              ${chosen.map((/** @type {number} */ id, /** @type {number} */ i) => {
                  const s = services.find((x) => x.id === id);
                  return html`
                    <li key=${id}>
                      <span class="num strong">${i + 1}</span>
                      <span class="grow">${s ? s.prefix + ' ' + pick(s) : id}</span>
                      <button
                          type="button" class="btn btn-small btn-quiet" disabled=${i === 0}
                          aria-label=${t('admin.up.of', { name: s ? pick(s) : id })}
                          onClick=${() => up(i)}>
                        ↑ ${t('admin.up')}
                      </button>
                      <button
                          type="button" class="btn btn-small btn-quiet"
                          aria-label=${t('admin.remove.of', { name: s ? pick(s) : id })}
                          onClick=${() =>
                              order(chosen.filter((/** @type {number} */ x) => x !== id))}>
                        ${t('admin.remove')}
                      </button>
                    </li>
                  `;
              })}
            </ol>
          `}
          <div class="row-s">
            ${services
                .filter((s) => !chosen.includes(s.id))
                .map(
                    (s) =>
                        html`
                          <button
                              key=${s.id} type="button" class="chip"
                              onClick=${() => order([...chosen, s.id])}>
                            + ${s.prefix} ${pick(s)}
                          </button>
                        `,
                )}
          </div>
        </fieldset>
        <${Field}
            label=${t('admin.windows.rule')} hint=${t('admin.windows.rule.hint')}
            value=${w.rule || ''} onInput=${(/** @type {string} */ v) => set({ rule: v })}
            error=${error('rule') || check.error} class="field-code" />
        <div class="row">
          <${Check}
              label=${t('admin.windows.corporate')} checked=${!!w.corporate}
              onInput=${(/** @type {boolean} */ v) => set({ corporate: v })} />
          <${Check}
              label=${t('admin.windows.active')} checked=${w.active !== false}
              onInput=${(/** @type {boolean} */ v) => set({ active: v })} />
        </div>
      <//>
    `;
}

const OUTLET_FIELDS = [
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
/** @param {{outlet: any, o: number, reload: () => void}} p */
export function OutletForm({ outlet, o, reload }) {
    const first = Object.fromEntries(
        OUTLET_FIELDS.map((k) => [
            k,
            outlet[k] === undefined || outlet[k] === null ? '' : String(outlet[k]),
        ]),
    );
    const [v, setV] = useState(first);
    const { save, busy, error } = useSave();
    const dirty = OUTLET_FIELDS.some((k) => v[k] !== first[k]);
    const go = async () => {
        if (
            await save('PUT', `/api/outlets/${o}`, { ...v, lat: Number(v.lat), lon: Number(v.lon) })
        ) {
            saved();
            reload();
        }
    };
    return html`
      <div class="stack">
        <div class="card limit-grid">
          ${OUTLET_FIELDS.map(
              (k) =>
                  html`
                    <${Field}
                        key=${k} label=${t('admin.outlet.' + k)} value=${v[k]}
                        onInput=${(/** @type {string} */ x) => setV({ ...v, [k]: x })}
                        inputmode=${k === 'lat' || k === 'lon' ? 'decimal' : undefined}
                        error=${error(k)} />
                  `,
          )}
        </div>
        <${SaveBar}
            dirty=${dirty} busy=${busy}
            ready=${!!v.name_zh && Number.isFinite(Number(v.lat)) && Number.isFinite(Number(v.lon))}
            onSave=${go} onDrop=${() => setV(first)} />
      </div>
    `;
}

/** @param {{services: any, reload: () => void}} p */
export function Services({ services, reload }) {
    const [edit, setEdit] = useState(/** @type {any} */ (null));
    return html`
      <div class="stack">
        <div class="row row-between">
          <p class="muted">${t('admin.services.hint')}</p>
          <button
              type="button" class="btn btn-primary"
              onClick=${() =>
                  setEdit({
                      id: 0,
                      prefix: '',
                      code: '',
                      name_zh: '',
                      name_en: '',
                      handling_s: 300,
                      documents_zh: '',
                      documents_en: '',
                      machine_zh: '',
                      machine_en: '',
                      bookable: true,
                      corporate: false,
                      active: true,
                  })}>
            ${t('admin.services.add')}
          </button>
        </div>
        ${services.items.length === 0 && html`<p class="empty">${t('admin.services.none')}</p>`}
        ${services.items.length > 0 && html`
          <${Scroll} label=${t('admin.services')}>
            <table class="table table-phone">
              <thead>
                <tr>
                  <th>${t('admin.prefix')}</th>
                  <th>${t('floor.t.service')}</th>
                  <th class="r">${t('admin.handling')}</th>
                  <th>${t('admin.machine')}</th>
                  <th>${t('admin.bookable')}</th>
                  <th><span class="sr-only">${t('admin.edit')}</span></th>
                </tr>
              </thead>
              <tbody>
                ${services.items.map(
                    (/** @type {any} */ s) => html`
                      <tr key=${s.id} class=${s.active === false ? 'row-off' : ''}>
                        <td class="strong lead">${s.prefix}</td>
                        <th scope="row" class="lead">
                          ${pick(s)} ${s.corporate && html`
                            <span class="badge badge-info">${t('admin.corporate')}</span>
                          `}
                          ${s.active === false && html`
                            <span class="badge">${t('admin.inactive')}</span>
                          `}
                        </th>
                        <td class="r">${t('dur.min', { n: Math.round(s.handling_s / 6) / 10 })}</td>
                        <td class="small">${pick(s, 'machine') || '—'}</td>
                        <td>${s.bookable ? '✓' : '—'}</td>
                        <td class="r">
                          <button
                              type="button" class="btn btn-small btn-quiet"
                              aria-label=${t('admin.edit.of', { name: pick(s) })}
                              onClick=${() => setEdit(s)}>
                            ${t('admin.edit')}
                          </button>
                        </td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          <//>
        `}
        ${edit && html`
          <${ServiceDialog}
              key=${edit.id} first=${edit} onClose=${() => setEdit(null)}
              onDone=${() => {
                  setEdit(null);
                  saved();
                  reload();
              }} />
        `}
      </div>
    `;
}
/** @param {{first: any, onClose: () => void, onDone: () => void}} p */
function ServiceDialog({ first, onClose, onDone }) {
    const [s, setS] = useState({ ...first, minutes: String(first.handling_s / 60) });
    const { save, busy, error } = useSave();
    const set = (/** @type {any} */ more) => setS({ ...s, ...more });
    const go = async () => {
        if (
            await save('PUT', `/api/services/${s.id}`, {
                name_zh: s.name_zh,
                name_en: s.name_en,
                handling_s: Math.round(Number(s.minutes) * 60),
                documents_zh: s.documents_zh,
                documents_en: s.documents_en,
                machine_zh: s.machine_zh,
                machine_en: s.machine_en,
                bookable: !!s.bookable,
                active: s.active !== false,
                ...(s.id
                    ? {}
                    : { prefix: s.prefix.toUpperCase(), code: s.code, corporate: !!s.corporate }),
            })
        )
            onDone();
    };
    const text = (/** @type {string} */ k) =>
        html`
          <${Field}
              key=${k} label=${t('admin.service.' + k)} value=${s[k] || ''}
              onInput=${(/** @type {string} */ v) => set({ [k]: v })} error=${error(k)} />
        `;
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose}
          title=${s.id ? s.prefix + ' ' + pick(first) : t('admin.services.add')}
          go=${t('dialog.save')}
          ready=${
            !!s.name_zh &&
            Number(s.minutes) > 0 &&
            (s.id > 0 || (/^[A-Za-z]$/.test(s.prefix) && !!s.code))
          }
          busy=${busy} onGo=${go}>
        <div class="limit-grid">
          ${!s.id && ['prefix', 'code'].map(text)}
          ${['name_zh', 'name_en', 'documents_zh', 'documents_en', 'machine_zh', 'machine_en'].map(
              text,
          )}
          <${Field}
              label=${t('admin.handling.min')} type="number" min="0.5" step="any" value=${s.minutes}
              onInput=${(/** @type {string} */ v) => set({ minutes: v })}
              error=${error('handling_s')} />
        </div>
        <div class="row">
          ${!s.id && html`
            <${Check}
                label=${t('admin.service.corporate')} checked=${!!s.corporate}
                onInput=${(/** @type {boolean} */ v) => set({ corporate: v })} />
          `}
          <${Check}
              label=${t('admin.service.bookable')} checked=${!!s.bookable}
              onInput=${(/** @type {boolean} */ v) => set({ bookable: v })} />
          <${Check}
              label=${t('admin.service.active')} checked=${s.active !== false}
              onInput=${(/** @type {boolean} */ v) => set({ active: v })} />
        </div>
      <//>
    `;
}
