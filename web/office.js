// office.js -- The page of the head of the outlet and of the branch office: was the promise kept, when
// and where not, down to one ticket's life line.
import { html, useEffect, useRef, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { session } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { mount, NeedRole, Shell, toastProblem } from './lib/ui.js';
import { ROLES, StaffNav, loadOutlets, outlets } from './lib/staff.js';
import { PERIODS, days, go, link, readRoute, route } from './lib/office-base.js';
import { Day } from './lib/office-day.js';
import { Days, Flow, Outlets, Tellers } from './lib/office-views.js';
import { Promise_ } from './lib/office-promise.js';
import { Forecast } from './lib/office-forecast.js';
import { TipsForm } from './lib/admin-tips.js';
import { Audit, Life, Live, SignIns } from './lib/office-more.js';

/** @type {Record<string, {of: any, roles?: string[], wide?: boolean, period?: boolean, outlet?: boolean}>} */
const VIEWS = {
    promise: { of: Promise_, period: true, outlet: true },
    days: { of: Days, period: true, outlet: true },
    flow: { of: Flow, period: true, outlet: true },
    outlets: { of: Outlets, period: true, wide: true },
    tellers: { of: Tellers, period: true, outlet: true },
    day: { of: Day, outlet: true },
    audit: { of: Audit, outlet: true },
    forecast: { of: Forecast, period: true, outlet: true },
    live: { of: Live, wide: true },
    tips: { of: TipsForm, roles: ['office'] },
    signins: { of: SignIns, roles: ['auditor', 'admin'] },
    ticket: { of: Life },
};

function Tabs() {
    const r = route.value,
        s = session.value;
    const nav = useRef(/** @type {any} */ (null));
    useEffect(() => {
        const here = nav.current && nav.current.querySelector('[aria-current]');
        if (here) nav.current.scrollLeft = here.offsetLeft - nav.current.clientWidth / 3;
    }, [r.view]);
    const names = Object.entries(VIEWS)
        .filter(
            ([name, v]) =>
                name !== 'ticket' &&
                (!v.roles || (s && s.role && v.roles.includes(s.role))) &&
                !(v.wide && s && s.outlet_id),
        )
        .map(([name]) => name);
    return html`
      <nav class="tabs" ref=${nav} aria-label=${t('office.views')}>
        ${names.map(
            (name) => html`
              <a
                  key=${name} href=${link({ view: name, date: '', id: '' })}
                  aria-current=${
                    name === r.view || (r.view === 'ticket' && name === 'day') ? 'page' : undefined
                  }>
                ${t('office.view.' + name)}
              </a>
            `,
        )}
      </nav>
    `;
}

function Pickers() {
    const r = route.value,
        v = VIEWS[r.view] || VIEWS.promise,
        s = session.value;
    const period = days(r);
    const [from, setFrom] = useState(period.from);
    const [until, setUntil] = useState(period.until);
    if (!v.period && !v.outlet) return null;
    return html`
      <div class="pickers row">
        ${v.outlet && !(s && s.outlet_id) && html`
          <label class="row-s">
            <span class="sr-only">${t('staff.outlet')}</span>
            <select
                class="select select-auto" value=${r.outlet}
                onChange=${(/** @type {any} */ e) =>
                    go({ outlet: Number(e.target.value) || '', date: r.date })}>
              <option value="0" selected=${!r.outlet}>${t('office.all')}</option>
              ${(outlets.value || []).map(
                  (o) =>
                      html`
                        <option key=${o.id} value=${o.id} selected=${o.id === r.outlet}>
                          ${pick(o)}
                        </option>
                      `,
              )}
            </select>
          </label>
        `}
        ${v.period && html`
          <div class="seg seg-wrap" role="group" aria-label=${t('office.period')}>
            ${PERIODS.map(
                (p) =>
                    html`
                      <button
                          key=${p} type="button" aria-pressed=${String(r.period === p)}
                          onClick=${() =>
                              go(
                                  p === 'custom'
                                      ? { period: p, from: period.from, until: period.until }
                                      : { period: p, from: '', until: '' },
                              )}>
                        ${t('period.' + p)}
                      </button>
                    `,
            )}
          </div>
        `}
        ${v.period && r.period === 'custom' && html`
          <form
              class="row-s"
              onSubmit=${(/** @type {any} */ e) => {
                  e.preventDefault();
                  if (from && until && from <= until) go({ period: 'custom', from, until });
              }}>
            <input
                class="input select-auto" type="date" aria-label=${t('office.from')} value=${from}
                max=${until} onInput=${(/** @type {any} */ e) => setFrom(e.target.value)} />
            <span>–</span>
            <input
                class="input select-auto" type="date" aria-label=${t('office.until')} value=${until}
                min=${from} onInput=${(/** @type {any} */ e) => setUntil(e.target.value)} />
            <button type="submit" class="btn btn-small">${t('office.show')}</button>
          </form>
        `}
        ${v.period && r.period !== 'custom' && html`
          <span class="small muted num">
            ${period.from === period.until ? period.from : period.from + ' – ' + period.until}
          </span>
        `}
      </div>
    `;
}

function Office() {
    useEffect(() => {
        readRoute();
        loadOutlets().catch(toastProblem);
    }, [session.value]);
    const r = route.value;
    const view = VIEWS[r.view] || VIEWS.promise;
    return html`
      <h1 class="sr-only">${t('staff.page.office')} · ${t('office.view.' + r.view)}</h1>
      <${Tabs} />
      <${Pickers} />
      <${view.of} key=${r.view + r.id} />
    `;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
    }, []);
    const r = route.value;
    const o = (outlets.value || []).find((x) => x.id === r.outlet);
    return html`
      <${Shell}
          title=${t('staff.page.office')} where=${o ? pick(o) : t('office.all')} footer=${false}
          class="office-page" tools=${html`<${StaffNav} here="office" />`}>
        <${NeedRole} roles=${ROLES.office}><${Office} /><//>
      <//>
    `;
}
mount(App);
