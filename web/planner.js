// planner.js -- The planner of the head of the outlet: the week's roster, a day's windows and promise,
// people and rules.
import { html, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { get, session } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { mount, NeedRole, NoOutlets, Shell, toastProblem } from './lib/ui.js';
import { ROLES, StaffNav, loadOutlets, outlets } from './lib/staff.js';
import { addDays } from './lib/format.js';
import { serverNow } from './lib/live.js';
import {
    dayName,
    dayShown,
    firstDay,
    go,
    link,
    mondayOf,
    outletPath,
    readRoute,
    route,
    today,
} from './lib/planner-base.js';
import { Week } from './lib/planner-week.js';
import { Day } from './lib/planner-day.js';
import { People } from './lib/planner-people.js';

/** @type {Record<string, any>} */
const VIEWS = { week: Week, day: Day, people: People };

function Tabs() {
    const r = route.value;
    return html`
      <nav class="tabs" aria-label=${t('plan.views')}>
        ${Object.keys(VIEWS).map(
            (name) => html`
              <a
                  key=${name} href=${link({ view: name })}
                  aria-current=${name === r.view ? 'page' : undefined}>
                ${t('plan.view.' + name)}
              </a>
            `,
        )}
      </nav>
    `;
}

function Pickers() {
    const r = route.value,
        s = session.value,
        day = dayShown(),
        monday = mondayOf(day);
    return html`
      <div class="pickers row no-print">
        ${!(s && s.outlet_id) && html`
          <label class="row-s">
            <span class="sr-only">${t('staff.outlet')}</span>
            <select
                class="select select-auto" value=${r.outlet}
                onChange=${(/** @type {any} */ e) => go({ outlet: Number(e.target.value) })}>
              <option value="0" selected=${!r.outlet}>${t('plan.pick.outlet')}</option>
              ${(outlets.value || []).map(
                  (o) => html`
                    <option key=${o.id} value=${o.id} selected=${o.id === r.outlet}>
                      ${pick(o)}
                    </option>
                  `,
              )}
            </select>
          </label>
        `}
        <div class="row-s" role="group" aria-label=${t('plan.week')}>
          <a
              class="btn btn-small" aria-label=${t('plan.week.prev')}
              href=${link({ day: addDays(day, -7) })}>
            ‹
          </a>
          <span class="num strong">${monday} – ${addDays(monday, 6).slice(5)}</span>
          <a
              class="btn btn-small" aria-label=${t('plan.week.next')}
              href=${link({ day: addDays(day, 7) })}>
            ›
          </a>
          ${monday !== mondayOf(today()) && html`
            <a class="btn btn-small" href=${link({ day: today() })}>${t('plan.week.this')}</a>
          `}
        </div>
        ${r.view === 'day' && html`
          <div class="seg seg-days" role="group" aria-label=${t('plan.day.pick')}>
            ${[0, 1, 2, 3, 4, 5, 6].map((d) => {
                const date = addDays(monday, d);
                return html`
                  <button
                      key=${d} type="button" aria-pressed=${String(date === day)}
                      onClick=${() => go({ day: date })}>
                    ${dayName(date)}
                    <span class="tiny num">${date.slice(8)}</span>
                  </button>
                `;
            })}
          </div>
        `}
      </div>
    `;
}

/**
 * There is nothing to plan in a day that is over: the next one with opening hours, in the week after when this one
 * has none. @param {any[]} days of a week, as the server has them @param {string} from
 */
function workDay(days, from) {
    const now = today(),
        minute = (serverNow() / 60000 + 480) % 1440;
    const next = days.find(
        (d) => d.day >= from && d.opens < d.closes && (d.day > now || minute < d.closes),
    );
    if (next) return next.day;
    const later = addDays(days[0].day, 7);
    return later < addDays(now, 21) ? later : from; /* closed for weeks: nothing to look for */
}

function Planner() {
    const [week, setWeek] = useState(/** @type {any} */ (null));
    const [n, setN] = useState(0);
    const r = route.value,
        monday = mondayOf(dayShown());
    useEffect(() => {
        readRoute();
        loadOutlets().catch(toastProblem);
    }, [session.value]);
    useEffect(() => {
        let gone = false;
        if (r.outlet)
            get(outletPath() + '/roster?week=' + monday)
                .then((w) => {
                    if (gone) return;
                    if (!r.day) firstDay.value = workDay(w.days, dayShown());
                    setWeek({ ...w, key: r.outlet + monday + '/' + n });
                })
                .catch(toastProblem);
        return () => {
            gone = true;
        };
    }, [r.outlet, monday, n]);
    const View = VIEWS[r.view] || Week;
    const fresh = week && week.week === monday && week.outlet_id === r.outlet;
    return html`
      <h1 class="sr-only">${t('staff.page.planner')} · ${t('plan.view.' + r.view)}</h1>
      <p class="print-head">
        <b>${where()}</b>
        <span class="num">
          ${
            r.view === 'day'
                ? dayName(dayShown(), 'long')
                : t('plan.view.week') + ' ' + monday + ' – ' + addDays(monday, 6)
          }
        </span>
      </p>
      <${Tabs} />
      <${Pickers} />
      ${
        !r.outlet &&
        (outlets.value && outlets.value.length === 0
            ? html`<${NoOutlets} />`
            : html`<p class="empty">${t('plan.pick.outlet')}</p>`)
      }
      ${r.outlet > 0 && !fresh && html`<p class="empty" role="status">…</p>`}
      ${fresh && html`<${View} key=${week.key} week=${week} again=${() => setN(n + 1)} />`}
    `;
}

/** The outlet's name, once it is known. */
function where() {
    const o = (outlets.value || []).find((x) => x.id === route.value.outlet);
    return o ? pick(o) : '';
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
    }, []);
    return html`
      <${Shell}
          title=${t('staff.page.planner')} where=${where()} footer=${false}
          class="office-page planner-page" tools=${html`<${StaffNav} here="planner" />`}>
        <${NeedRole} roles=${ROLES.planner}><${Planner} /><//>
      <//>
    `;
}
mount(App);
