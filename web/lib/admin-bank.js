// admin-bank.js -- Staff, devices and the business calendar: what belongs to the whole bank.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get } from './api.js';
import { serverNow } from './live.js';
import { Dialog, Field, Loading, Qr, Select, toast, toastProblem } from './ui.js';
import { dateOf, dateTime } from './format.js';
import { ActDialog, outlets, word } from './staff.js';
import { Scroll } from './table.js';
import { Check, saved, useSave } from './admin-base.js';

const STAFF_ROLES = ['teller', 'floor', 'head', 'office', 'auditor', 'admin'];
const outletName = (/** @type {number} */ id) => {
    const o = (outlets.value || []).find((x) => x.id === id);
    return o ? pick(o) : id ? String(id) : t('office.all');
};
const outletOptions = (all = true) => [
    ...(all ? [{ value: 0, text: t('office.all') }] : []),
    ...(outlets.value || []).map((o) => ({ value: o.id, text: pick(o) })),
];

/** @param {{staff: any, reload: () => void}} p */
export function Staff({ staff, reload }) {
    const [edit, setEdit] = useState(/** @type {any} */ (null));
    const [words, setWords] = useState('');
    const w = words.trim().toLowerCase();
    const rows = staff.items.filter(
        (/** @type {any} */ s) =>
            !w ||
            [s.username, s.name, outletName(s.outlet_id), t('role.' + s.role)]
                .join(' ')
                .toLowerCase()
                .includes(w),
    );
    return html`
      <div class="stack">
        <div class="row row-between">
          <label class="field-search">
            <span class="sr-only">${t('admin.search')}</span>
            <input
                class="input" type="search" placeholder=${t('admin.search')} value=${words}
                onInput=${(/** @type {any} */ e) => setWords(e.target.value)} />
          </label>
          <button
              type="button" class="btn btn-primary"
              onClick=${() =>
                  setEdit({
                      id: 0,
                      username: '',
                      name: '',
                      role: 'teller',
                      outlet_id: 0,
                      active: true,
                  })}>
            ${t('admin.staff.add')}
          </button>
        </div>
        <${Scroll} label=${t('admin.staff')}>
          <table class="table table-phone">
            <thead>
              <tr>
                <th>${t('signin.username')}</th>
                <th>${t('setup.name')}</th>
                <th>${t('admin.role')}</th>
                <th>${t('staff.outlet')}</th>
                <th>${t('floor.t.state')}</th>
                <th><span class="sr-only">${t('admin.edit')}</span></th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                  (/** @type {any} */ s) => html`
                    <tr key=${s.id} class=${s.active ? '' : 'row-off'}>
                      <th scope="row" class="lead">${s.username}</th>
                      <td>${s.name}</td>
                      <td>${word('role', s.role)}</td>
                      <td>${outletName(s.outlet_id)}</td>
                      <td>
                        ${
                          s.active
                              ? html`<span class="badge badge-ok">${t('admin.active')}</span>`
                              : html`<span class="badge">${t('admin.inactive')}</span>`
                        }
                      </td>
                      <td class="r">
                        <button
                            type="button" class="btn btn-small btn-quiet"
                            aria-label=${t('admin.edit.of', { name: s.name })}
                            onClick=${() => setEdit({ ...s })}>
                          ${t('admin.edit')}
                        </button>
                      </td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        <//>
        ${edit && html`
          <${StaffDialog}
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
function StaffDialog({ first, onClose, onDone }) {
    const [s, setS] = useState({ ...first, password: '' });
    const { save, busy, error } = useSave();
    const set = (/** @type {any} */ more) => setS({ ...s, ...more });
    const needs = ['teller', 'floor', 'head'].includes(s.role);
    const graded = ['teller', 'floor'].includes(s.role);
    const ready =
        s.username.trim() !== '' &&
        s.name.trim() !== '' &&
        (!needs || Number(s.outlet_id) > 0) &&
        (s.id ? !s.password || s.password.length >= 10 : s.password.length >= 10);
    const go = async () => {
        const common = {
            name: s.name,
            role: s.role,
            outlet_id: Number(s.outlet_id),
            grade: graded && s.grade === 2 ? 2 : 0,
            number: (s.number || '').trim(),
        };
        const done = s.id
            ? await save('PATCH', `/api/staff/${s.id}`, {
                  ...common,
                  active: s.active,
                  ...(s.password ? { password: s.password } : {}),
              })
            : await save('POST', '/api/staff', {
                  username: s.username,
                  ...common,
                  password: s.password,
              });
        if (done) onDone();
    };
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${s.id ? first.name : t('admin.staff.add')}
          go=${t('dialog.save')} ready=${ready} busy=${busy} onGo=${go}>
        <${Field}
            label=${t('signin.username')} value=${s.username}
            onInput=${(/** @type {string} */ v) => set({ username: v })} disabled=${!!s.id}
            autocomplete="off" maxlength=${31} required error=${error('username')} />
        <${Field}
            label=${t('setup.name')} value=${s.name}
            onInput=${(/** @type {string} */ v) => set({ name: v })} autocomplete="off"
            maxlength=${15} required error=${error('name')} />
        <${Select}
            label=${t('admin.role')} value=${s.role}
            onInput=${(/** @type {string} */ v) => set({ role: v })}
            options=${STAFF_ROLES.map((r) => ({ value: r, text: t('role.' + r) }))}
            error=${error('role')} />
        ${graded && html`
          <${Check}
              label=${t('admin.staff.supervisor')} checked=${s.grade === 2}
              onInput=${(/** @type {boolean} */ v) => set({ grade: v ? 2 : 1 })} />
        `}
        <${Field}
            label=${t('admin.staff.number')} value=${s.number || ''} autocomplete="off"
            onInput=${(/** @type {string} */ v) => set({ number: v })} maxlength=${23}
            hint=${t('admin.staff.number.hint')} error=${error('number')} />
        <${Select}
            label=${t('staff.outlet')} value=${s.outlet_id}
            onInput=${(/** @type {string} */ v) => set({ outlet_id: Number(v) })}
            options=${outletOptions()} hint=${needs && !s.outlet_id ? t('admin.staff.outlet') : ''}
            error=${error('outlet_id')} />
        <${Field}
            label=${t(s.id ? 'admin.password.new' : 'signin.password')} type="password"
            autocomplete="new-password" value=${s.password}
            onInput=${(/** @type {string} */ v) => set({ password: v })}
            hint=${t('admin.password.hint')} error=${error('password')} />
        ${s.id > 0 && html`
          <${Check}
              label=${t('admin.staff.active')} checked=${s.active}
              onInput=${(/** @type {boolean} */ v) => set({ active: v })} />
        `}
      <//>
    `;
}

/** @param {{devices: any, reload: () => void}} p */
export function Devices({ devices, reload }) {
    const [add, setAdd] = useState(false);
    const [made, setMade] = useState(/** @type {any} */ (null));
    const { save, busy } = useSave();
    const toggle = async (/** @type {any} */ d) => {
        if (await save('PATCH', `/api/devices/${d.id}`, { active: !d.active })) {
            saved();
            reload();
        }
    };
    return html`
      <div class="stack">
        <div class="row row-between">
          <p class="muted">${t('admin.devices.hint')}</p>
          <button type="button" class="btn btn-primary" onClick=${() => setAdd(true)}>
            ${t('admin.devices.add')}
          </button>
        </div>
        ${
          devices.items.length === 0
              ? html`<p class="empty">${t('admin.devices.none')}</p>`
              : html`
                  <${Scroll} label=${t('admin.devices')}>
                    <table class="table table-phone">
                      <thead>
                        <tr>
                          <th>${t('admin.device.name')}</th>
                          <th>${t('admin.device.role')}</th>
                          <th>${t('staff.outlet')}</th>
                          <th>${t('floor.t.state')}</th>
                          <th><span class="sr-only">${t('admin.edit')}</span></th>
                        </tr>
                      </thead>
                      <tbody>
                        ${devices.items.map(
                            (/** @type {any} */ d) => html`
                              <tr key=${d.id} class=${d.active ? '' : 'row-off'}>
                                <th scope="row" class="lead">${d.name}</th>
                                <td>${word('role', d.role)}</td>
                                <td>${outletName(d.outlet_id)}</td>
                                <td>
                                  ${
                                    d.active
                                        ? html`
                                            <span class="badge badge-ok">${t('admin.active')}</span>
                                          `
                                        : html`<span class="badge">${t('admin.inactive')}</span>`
                                  } ${
                                    d.seen_ms
                                        ? html`
                                            <span class="small muted">${dateTime(d.seen_ms)}</span>
                                          `
                                        : null
                                  }
                                </td>
                                <td class="r">
                                  <button
                                      type="button" class="btn btn-small btn-quiet" disabled=${busy}
                                      aria-label=${t(
                                          d.active ? 'admin.device.off.of' : 'admin.device.on.of',
                                          { name: d.name },
                                      )}
                                      onClick=${() => toggle(d)}>
                                    ${t(d.active ? 'admin.device.off' : 'admin.device.on')}
                                  </button>
                                </td>
                              </tr>
                            `,
                        )}
                      </tbody>
                    </table>
                  <//>
                `
        }
        ${add && html`
          <${DeviceDialog}
              onClose=${() => setAdd(false)}
              onDone=${(/** @type {any} */ m) => {
                  setAdd(false);
                  setMade(m);
                  reload();
              }} />
        `}
        ${made && html`<${TokenDialog} made=${made} onClose=${() => setMade(null)} />`}
      </div>
    `;
}
/** @param {{onClose: () => void, onDone: (m: any) => void}} p */
function DeviceDialog({ onClose, onDone }) {
    const [d, setD] = useState({
        role: 'kiosk',
        outlet_id: (outlets.value || [{ id: 0 }])[0].id,
        name: '',
    });
    const { save, busy, error } = useSave();
    const go = async () => {
        const m = await save('POST', '/api/devices', { ...d, outlet_id: Number(d.outlet_id) });
        if (m) onDone(m);
    };
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${t('admin.devices.add')}
          go=${t('admin.devices.make')} ready=${d.name.trim() !== '' && Number(d.outlet_id) > 0}
          busy=${busy} onGo=${go}>
        <${Field}
            label=${t('admin.device.name')} value=${d.name}
            onInput=${(/** @type {string} */ v) => setD({ ...d, name: v })}
            placeholder=${t('admin.device.example')} maxlength=${15} required error=${error('name')} />
        <${Select}
            label=${t('admin.device.role')} value=${d.role}
            onInput=${(/** @type {string} */ v) => setD({ ...d, role: v })}
            options=${['kiosk', 'board'].map((r) => ({ value: r, text: t('role.' + r) }))} />
        <${Select}
            label=${t('staff.outlet')} value=${d.outlet_id}
            onInput=${(/** @type {string} */ v) => setD({ ...d, outlet_id: Number(v) })}
            options=${outletOptions(false)} />
      <//>
    `;
}
/** The token is shown this once; the server keeps only its digest. @param {{made: any, onClose: () => void}} p */
function TokenDialog({ made, onClose }) {
    const url = new URL(
        made.url || `/${made.device.role}.html#device=${made.token}`,
        location.origin,
    ).href;
    const copy = () =>
        navigator.clipboard.writeText(url).then(
            () => toast(t('admin.token.copied'), 'ok'),
            () => toast(t('admin.token.bymouse')),
        );
    return html`
      <${Dialog}
          open=${true} wide onClose=${onClose}
          title=${t('admin.token.title', { name: made.device.name })}
          actions=${html`
            <button type="button" class="btn" onClick=${copy}>${t('admin.token.copy')}</button>
            <button type="button" class="btn btn-primary" onClick=${onClose}>
              ${t('admin.token.close')}
            </button>
          `}>
        <div class="banner banner-warn">${t('admin.token.once')}</div>
        <div class="row token-row">
          ${made.qr_svg && html`
            <${Qr} svg=${made.qr_svg} label=${t('admin.token.qr')} class="qr-small" />
          `}
          <div class="stack-s grow">
            <p>${t('admin.token.how')}</p>
            <p><code class="rule">${url}</code></p>
          </div>
        </div>
      <//>
    `;
}

/* ---- calendar ---- */

const KINDS = ['WN', 'SN', 'NH', 'SS', 'WS'];
export function Calendar() {
    const [year, setYear] = useState(Number(dateOf(serverNow()).slice(0, 4)));
    const [days, setDays] = useState(/** @type {Map<string, any>|null} */ (null));
    const [edit, setEdit] = useState(/** @type {any} */ (null));
    const load = () =>
        get('/api/calendar?year=' + year).then(
            (a) => setDays(new Map(a.items.map((/** @type {any} */ d) => [d.date, d]))),
            toastProblem,
        );
    useEffect(() => {
        setDays(null);
        load();
    }, [year]);
    if (!days) return html`<${Loading} />`;
    const of = (/** @type {string} */ date) => {
        const wd = new Date(date + 'T00:00:00Z').getUTCDay();
        return days.get(date) || { date, kind: wd % 6 ? 'WN' : 'SN', name_zh: '' };
    };
    const special = [...days.values()]
        .filter((d) => !['WN', 'SN'].includes(d.kind))
        .sort((a, b) => (a.date < b.date ? -1 : 1));
    return html`
      <div class="stack">
        <div class="row row-between">
          <div class="row">
            <button
                type="button" class="btn btn-small" aria-label=${t('admin.year.before')}
                onClick=${() => setYear(year - 1)}>
              ←
            </button>
            <h2 class="num">${year}</h2>
            <button
                type="button" class="btn btn-small" aria-label=${t('admin.year.after')}
                onClick=${() => setYear(year + 1)}>
              →
            </button>
          </div>
          <div class="row-s small">
            ${KINDS.map(
                (k) =>
                    html`
                      <span key=${k} class="row-s">
                        <i class=${'cal-key cal-' + k}></i>
                        ${t('daykind.' + k)}
                      </span>
                    `,
            )}
          </div>
          <button
              type="button" class="btn"
              onClick=${() =>
                  setEdit(
                      of(
                          dateOf(serverNow()).slice(0, 4) === String(year)
                              ? dateOf(serverNow())
                              : year + '-01-01',
                      ),
                  )}>
            ${t('admin.calendar.change')}
          </button>
        </div>
        <div class="months">
          ${[...Array(12).keys()].map(
              (m) => html`<${Month} key=${m} year=${year} month=${m} of=${of} onDay=${setEdit} />`,
          )}
        </div>
        <details class="card">
          <summary>${t('admin.calendar.list', { n: special.length })}</summary>
          <ul class="cal-list">
            ${special.map(
                (d) =>
                    html`
                      <li key=${d.date}>
                        <span class="num">${d.date}</span> ${t('daykind.' + d.kind)} ${d.name_zh}
                      </li>
                    `,
            )}
          </ul>
        </details>
        ${edit && html`
          <${DayDialog}
              key=${edit.date} first=${edit} of=${of} onClose=${() => setEdit(null)}
              onDone=${() => {
                  setEdit(null);
                  saved();
                  load();
              }} />
        `}
      </div>
    `;
}
/** @param {{year: number, month: number, of: (date: string) => any, onDay: (d: any) => void}} p */
function Month({ year, month, of, onDay }) {
    const first = new Date(Date.UTC(year, month, 1)),
        n = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    const blank = (first.getUTCDay() + 6) % 7;
    return html`
      <section class="card month" aria-label=${t('admin.month', { n: month + 1 })}>
        <h3>${t('admin.month', { n: month + 1 })}</h3>
        <div class="month-days">
          ${[1, 2, 3, 4, 5, 6, 7].map(
              (d) =>
                  html`
                    <span key=${'h' + d} class="month-head" aria-hidden="true">
                      ${t('weekday.' + d)
                          .slice(-1 * (t('weekday.' + d).length > 2 ? 3 : 1))
                          .slice(0, 2)}
                    </span>
                  `,
          )}
          ${[...Array(blank).keys()].map((i) => html`<span key=${'b' + i}></span>`)}
          ${[...Array(n).keys()].map((i) => {
              const d = of(
                  `${year}-${String(month + 1).padStart(2, '0')}-${String(i + 1).padStart(2, '0')}`,
              );
              const say = `${d.date} ${t('daykind.' + d.kind)} ${d.name_zh || ''}`;
              return html`
                <button
                    key=${i} type="button" tabindex="-1" class=${'cal-day cal-' + d.kind}
                    title=${say} aria-label=${i + 1 + ' ' + say} onClick=${() => onDay(d)}>
                  ${i + 1}
                </button>
              `;
          })}
        </div>
      </section>
    `;
}
/** @param {{first: any, of: (date: string) => any, onClose: () => void, onDone: () => void}} p */
function DayDialog({ first, of, onClose, onDone }) {
    const [d, setD] = useState(first);
    const { save, busy, error } = useSave();
    const go = async () => {
        if (
            await save('PUT', '/api/calendar', {
                date: d.date,
                kind: d.kind,
                name_zh: d.name_zh || '',
            })
        )
            onDone();
    };
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${t('admin.calendar.change')} go=${t('dialog.save')}
          ready=${!!d.date} busy=${busy} onGo=${go}>
        <${Field}
            label=${t('office.date')} type="date" value=${d.date}
            onInput=${(/** @type {string} */ v) => v && setD({ ...of(v), date: v })}
            error=${error('date')} />
        <${Select}
            label=${t('admin.calendar.kind')} value=${d.kind}
            onInput=${(/** @type {string} */ v) => setD({ ...d, kind: v })}
            options=${KINDS.map((k) => ({ value: k, text: t('daykind.' + k) }))}
            error=${error('kind')} />
        <${Field}
            label=${t('admin.calendar.name')} value=${d.name_zh || ''}
            onInput=${(/** @type {string} */ v) => setD({ ...d, name_zh: v })} maxlength=${20}
            error=${error('name_zh')} />
        <p class="small muted">${t('admin.calendar.hint')}</p>
      <//>
    `;
}
