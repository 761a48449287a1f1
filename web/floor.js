// floor.js -- The floor manager's page: windows, people and alarms on one screen.
import { html, signal, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { get, session, Problem } from './lib/api.js';
import { live, loadInfo, now } from './lib/live.js';
import {
    mount,
    Loading,
    NeedRole,
    ProblemView,
    Shell,
    StateBadge,
    toastProblem,
} from './lib/ui.js';
import { stopwatch, time, clockOf, count } from './lib/format.js';
import {
    ROLES,
    Actions,
    ChooseOutlet,
    ClassBadge,
    CourtesyBadge,
    OutletPicker,
    StaffNav,
    StuckBanner,
    Wait,
    ago,
    outletId,
    risk,
    waited,
    waits,
    word,
} from './lib/staff.js';
import { AdvicePanel } from './lib/advice.js';
import { Duty } from './lib/floor-duty.js';
import { Buckets, PromiseMeter } from './lib/figures.js';
import {
    CloseDay,
    PassQr,
    Rolls,
    StopIssuing,
    TakeNumber,
    TicketDialog,
} from './lib/floor-dialogs.js';

const actions = new Actions();
/** The dialog that is open and what it is about. @type {{value: null | {name: string, about?: any}}} */
const dialog = signal(/** @type {any} */ (null));
/** @type {any} */
let floor = null;

/** @param {string} name @param {any} [about] */
const show = (name, about) => {
    dialog.value = { name, about };
};
const hide = () => {
    dialog.value = null;
};
/** A change of the day: the answer is the floor's new snapshot. @param {string} what @param {any} [body] */
async function day(what, body = {}) {
    const d = await actions.post(what, `/api/outlets/${outletId()}/day/${what}`, body);
    if (d && floor) {
        floor.data.value = d.tickets ? d : floor.data.value;
        floor.refresh();
        hide();
    }
}

/** May the person change things here, or only look (branch office, auditor)? */
const mayAct = () =>
    !!session.value && ['floor', 'head', 'admin'].includes(session.value.role || '');

/* ---- the strip on top: the day and its numbers ---- */

/** @param {{d: any}} p */
function Day({ d }) {
    const s = d.day.state,
        busy = !!actions.busy.value;
    const button = (/** @type {string} */ text, /** @type {() => void} */ go, kind = '') =>
        html`
          <button type="button" class=${'btn btn-small ' + kind} disabled=${busy} onClick=${go}>
            ${t(text)}
          </button>
        `;
    return html`
      <section class="floor-day" aria-label=${t('floor.state.' + s)}>
        <div class="row">
          <span class=${'day-state day-' + s}>${word('floor.state', s)}</span>
          <span class="small muted num">
            ${d.day.opened_ms ? t('floor.opened', { time: time(d.day.opened_ms) }) + ' · ' : ''}
            ${t('floor.closes', { time: clockOf(d.day.closes_s) })}
          </span>
          ${s === 'issuing_stopped' && d.day.stop_reason && html`
            <span class="small muted">${d.day.stop_reason}</span>
          `}
        </div>
        ${mayAct() && html`
          <div class="row-s">
            ${
              (s === 'before' || s === 'closed') &&
              button('floor.open', () => day('open'), s === 'before' ? 'btn-primary' : '')
            }
            ${s === 'open' && button('floor.stop', () => show('stop'))}
            ${s === 'issuing_stopped' && button('floor.resume', () => day('resume-issuing'))}
            ${
              (s === 'open' || s === 'issuing_stopped') &&
              button('floor.close', () => show('close'))
            }
            <span class="floor-gap"></span>
            ${button('floor.qr', () => show('qr'))}
            ${button('floor.rolls', () => show('rolls'))}
            <button
                type="button" class="btn btn-primary btn-small"
                disabled=${busy || s === 'closed' || s === 'before'} onClick=${() => show('take')}>
              ${t('floor.take')}
            </button>
          </div>
        `}
      </section>
    `;
}
/** @param {{d: any}} p */
function Numbers({ d }) {
    const n = d.numbers;
    const row = (/** @type {string} */ label, /** @type {any} */ value, kind = '') =>
        html`
          <div><dt>${t(label)}</dt><dd class=${'num ' + kind}>${value}</dd></div>
        `;
    const over = d.tickets.some(
        (/** @type {any} */ x) => waits(x) && risk(waited(x, d), x.class.target_s) === 'over',
    );
    return html`
      <dl class="floor-numbers">
        ${row('floor.waiting', count(n.waiting))}
        ${row(
            'floor.longest',
            n.waiting ? stopwatch(n.longest_wait_s + ago(d.now_ms)) : '—',
            over ? 'wait-over' : '',
        )}
        ${row('floor.windows.open', count(n.windows_open))}
        ${row('floor.taken', count(n.taken))}
        ${row('floor.served', count(n.served))}
        ${row('floor.left', count(n.left))}
        ${n.guided > 0 && row('floor.guided', count(n.guided))}
        ${row('floor.no_show', count(n.no_show))}
      </dl>
    `;
}

/* ---- windows ---- */

/** @param {{w: any, d: any}} p */
function WindowCard({ w, d }) {
    const s = w.session,
        ticket = w.ticket;
    const state = !s ? 'closed' : ticket ? ticket.state : s.state;
    const idle = w.idle_s + ago(d.now_ms);
    return html`
      <li class=${'wcard wcard-' + state + (w.not_calling ? ' wcard-alarm' : '')}>
        <span class="wcard-number num">
          <span class="sr-only">${t('win.number', { n: w.number })}</span>
          <span aria-hidden="true">${w.number}</span>
        </span>
        <div class="wcard-body">
          <div class="wcard-state">
            <span>
              ${word('floor.w', state)}
              ${
                state === 'paused' && s.pause_reason
                    ? ' · ' + word('win.pause', s.pause_reason)
                    : ''
              }
            </span>
            ${
              ticket
                  ? html`<span class="num">${stopwatch(ago(ticket.since_ms))}</span>`
                  : state === 'paused'
                    ? html`<span class="num">${stopwatch(ago(s.since_ms))}</span>`
                    : null
            }
          </div>
          <div class="wcard-ticket num">${ticket ? ticket.number : '—'}</div>
          <div class="wcard-who">${s ? s.staff_name : pick(w)}</div>
          ${w.not_calling && html`
            <div class="wcard-warn">${t('floor.w.not_calling', { time: stopwatch(idle) })}</div>
          `}
        </div>
      </li>
    `;
}

/* ---- tickets by risk ---- */

const filter = signal('waiting');
/** @param {{d: any}} p */
function Tickets({ d }) {
    const groups = /** @type {Record<string, (x: any) => boolean>} */ ({
        waiting: (x) => waits(x),
        parked: (x) => x.state === 'parked',
        all: () => true,
    });
    /* the numbers that were passed are no longer on the floor: they are asked for when wanted */
    const [passed, setPassed] = useState(/** @type {any[]} */ ([]));
    const wanted = filter.value === 'passed';
    useEffect(() => {
        if (wanted)
            get(
                `/api/tickets?outlet=${d.outlet.id}&date=${d.day.date}&state=no_show&limit=200`,
            ).then((a) => setPassed(a.items), toastProblem);
    }, [wanted, wanted ? d.seq : 0]);
    const rank = (/** @type {any} */ x) =>
        (waits(x) ? 10 : x.state === 'parked' ? 5 : 0) +
        Math.min(4.9, waited(x, d) / (x.class.target_s || 1200));
    const rows = wanted
        ? passed
        : d.tickets
              .filter(groups[filter.value])
              .sort((/** @type {any} */ a, /** @type {any} */ b) => rank(b) - rank(a));
    return html`
      <div class="card floor-tickets">
        <div class="card-head">
          <h2 id="tickets-title">${t('floor.tickets')}</h2>
          <div class="seg" role="group" aria-label=${t('floor.tickets')}>
            ${Object.entries(groups).map(
                ([k, fits]) => html`
                  <button
                      key=${k} type="button" aria-pressed=${String(filter.value === k)}
                      onClick=${() => {
                          filter.value = k;
                      }}>
                    ${t('floor.show.' + k, { n: d.tickets.filter(fits).length })}
                  </button>
                `,
            )}
            <button
                type="button" aria-pressed=${String(wanted)}
                onClick=${() => {
                    filter.value = 'passed';
                }}>
              ${t('floor.show.passed', { n: d.numbers.no_show })}
            </button>
          </div>
        </div>
        ${
          rows.length === 0
              ? html`<p class="empty">${t('floor.t.none')}</p>`
              : html`
                  <div
                      class="floor-scroll" tabindex="0" role="region"
                      aria-labelledby="tickets-title">
                    <table class="table floor-table">
                      <thead>
                        <tr>
                          <th>${t('floor.t.number')}</th>
                          <th>${t('floor.t.service')}</th>
                          <th class="r">${t('floor.t.wait')}</th>
                          ${filter.value === 'all' && html`<th>${t('floor.t.state')}</th>`}
                          <th><span class="sr-only">${t('floor.t.handle')}</span></th>
                        </tr>
                      </thead>
                      <tbody>
                        ${rows.map((/** @type {any} */ x) => {
                            const s = waited(x, d);
                            return html`
                              <tr key=${x.id}>
                                <th scope="row" class="num">${x.number}</th>
                                <td>
                                  <span class="row-s">
                                    <span>${pick(x, 'service_name')}</span>
                                    <${ClassBadge} of=${x.class} />
                                    ${x.courtesy && html`<${CourtesyBadge} />`}
                                    ${x.bound && (x.bound.window || x.bound.staff_name) && html`
                                      <span class="small muted">
                                        ${
                                          x.bound.window
                                              ? t('floor.t.bound', {
                                                    n: x.bound.window.number || x.bound.window,
                                                })
                                              : t('floor.t.bound.staff', {
                                                    name: x.bound.staff_name,
                                                })
                                        }
                                      </span>
                                    `}
                                    ${x.source && x.source !== 'kiosk' && html`
                                      <span class="small muted">${word('source', x.source)}</span>
                                    `}
                                  </span>
                                </td>
                                <td class="r">
                                  <${Wait}
                                      s=${s} state=${waits(x) ? risk(s, x.class.target_s) : 'fine'} />
                                </td>
                                ${filter.value === 'all' && html`
                                  <td>
                                    <span class="row-s">
                                      <${StateBadge} state=${x.state} />
                                      ${x.window && html`
                                        <span class="small muted">
                                          ${t('floor.t.at', { n: x.window.number || x.window })}
                                        </span>
                                      `}
                                    </span>
                                  </td>
                                `}
                                <td class="r">
                                  ${mayAct() && html`
                                    <button
                                        type="button" class="btn btn-small btn-quiet"
                                        aria-label=${t('floor.t.handle.of', { number: x.number })}
                                        onClick=${() => show('ticket', x)}>
                                      ${t('floor.t.handle')}
                                    </button>
                                  `}
                                </td>
                              </tr>
                            `;
                        })}
                      </tbody>
                    </table>
                  </div>
                `
        }
      </div>
    `;
}

/* ---- alarms, promise, waits ---- */

/** How many alarms are shown before somebody asks for all. */
const ALARMS = 4;

/** @param {{d: any}} p */
function Alarms({ d }) {
    const [all, setAll] = useState(false);
    const shown = all ? d.alarms : d.alarms.slice(0, ALARMS);
    const handle = (/** @type {any} */ x) =>
        html`
          <button
              type="button" class="btn btn-small"
              aria-label=${t('floor.t.handle.of', { number: x.number })}
              onClick=${() => show('ticket', x)}>
            ${t('floor.t.handle')}
          </button>
        `;
    return html`
      <section class="card" aria-labelledby="alarms-title">
        <div class="card-head">
          <h2 id="alarms-title">${t('floor.alarms')}</h2>
          ${d.alarms.length > ALARMS && html`
            <button
                type="button" class="btn btn-small btn-quiet" aria-expanded=${String(all)}
                onClick=${() => setAll(!all)}>
              ${t(all ? 'floor.alarms.less' : 'floor.alarms.all', { n: d.alarms.length })}
            </button>
          `}
        </div>
        <ul class="alarms" aria-live="polite">
          ${d.alarms.length === 0 && html`<li class="muted">✓ ${t('floor.alarms.none')}</li>`}
          ${shown.map((/** @type {any} */ a, /** @type {number} */ i) => {
              const ticket =
                  a.ticket_id && d.tickets.find((/** @type {any} */ x) => x.id === a.ticket_id);
              return html`
                <li key=${i} class=${'alarm alarm-' + a.level}>
                  <span class="grow">
                    <span class="alarm-level">${word('floor.level', a.level)}</span> ${pick(
                        a,
                        'text',
                    )}
                  </span>
                  ${ticket && mayAct() && handle(ticket)}
                </li>
              `;
          })}
        </ul>
      </section>
    `;
}

/* ---- the page ---- */

function Floor() {
    const o = outletId();
    const [state, setState] = useState(/** @type {any} */ (null));
    const [about, setAbout] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const load = () => get(`/api/outlets/${o}`).then(setAbout, setProblem);
    useEffect(() => {
        setAbout(null);
        load();
        const l = live({
            url: `/api/outlets/${o}/floor`,
            stream: `/api/outlets/${o}/stream`,
            debounce_ms: 250,
        });
        floor = l;
        setState(l);
        return () => {
            l.close();
            floor = null;
        };
    }, [o]);
    const d = state ? state.data.value : null;
    const error = (state && !d && state.error.value) || problem;
    if (error && !d)
        return html`
          <${ProblemView}
              problem=${error}
              onRetry=${() => {
                  setProblem(null);
                  load();
                  if (state) state.refresh();
              }} />
        `;
    if (!d) return html`<${Loading} />`;
    const p = {
        outlet: o,
        about,
        floor: d,
        actions,
        onClose: hide,
        onDone: () => floor && floor.refresh(),
    };
    const open = dialog.value;
    return html`
      <h1 class="sr-only">${t('staff.page.floor')} · ${pick(d.outlet)}</h1>
      <${StuckBanner} actions=${actions} />
      <div class="floor">
        <${Day} d=${d} />
        <${Numbers} d=${d} />
        <${AdvicePanel}
            outlet=${o} seq=${d.seq} may=${mayAct()} actions=${actions}
            open=${d.day.state === 'open' || d.day.state === 'issuing_stopped'} />
        <div class="floor-main stack">
          <section aria-labelledby="windows-title">
            <h2 id="windows-title" class="sr-only">${t('floor.windows')}</h2>
            <ul class="wcards">
              ${d.windows.map(
                  (/** @type {any} */ w) => html`<${WindowCard} key=${w.id} w=${w} d=${d} />`,
              )}
            </ul>
          </section>
          <${Tickets} d=${d} />
        </div>
        <div class="floor-side stack">
          <${Alarms} d=${d} />
          <${Duty} outlet=${o} windows=${d.windows} />
          <section class="card" aria-labelledby="promise-title">
            <div class="card-head">
              <h2 id="promise-title">${t('floor.promise')}</h2>
              <span class="small muted">${t('floor.promise.hint')}</span>
            </div>
            <div class="stack">
              ${d.numbers.promise.map(
                  (/** @type {any} */ x) =>
                      html`<${PromiseMeter} key=${x.class_code} p=${withClass(x, about)} />`,
              )}
            </div>
          </section>
          <section class="card" aria-labelledby="buckets-title">
            <div class="card-head">
              <h2 id="buckets-title">${t('floor.buckets')}</h2>
              <span class="small muted">${t('floor.buckets.hint')}</span>
            </div>
            <${Buckets} buckets=${d.buckets} />
          </section>
        </div>
      </div>
      ${open && about && open.name === 'take' && html`<${TakeNumber} ...${p} />`}
      ${open && open.name === 'ticket' && html`<${TicketDialog} ...${p} ticket=${open.about} />`}
      ${open && about && open.name === 'rolls' && html`<${Rolls} ...${p} />`}
      ${open && open.name === 'qr' && html`<${PassQr} ...${p} />`}
      ${open && open.name === 'stop' && html`
        <${StopIssuing} ...${p} onGo=${(/** @type {any} */ b) => day('stop-issuing', b)} />
      `}
      ${open && open.name === 'close' && html`
        <${CloseDay} ...${p} onGo=${(/** @type {any} */ b) => day('close', b)} />
      `}
    `;
}
/** The meter of a class with its target and goal, which the outlet knows. @param {any} p @param {any} about */
function withClass(p, about) {
    if (p.goal_ppm || !about) return p;
    const k =
        about.classes.find((/** @type {any} */ c) => c.code === p.class_code) ||
        (p.class_code === 'mid_high'
            ? about.classes.find((/** @type {any} */ c) => c.mid_high)
            : about.classes.find((/** @type {any} */ c) => !c.mid_high));
    return k ? { ...p, goal_ppm: k.goal_ppm, target_s: k.target_s } : p;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
    }, []);
    const d = floor ? floor.data.value : null;
    now.value;
    const s = session.value;
    return html`
      <${Shell}
          title=${t('staff.page.floor')} wide footer=${false} class="floor-page"
          where=${s && s.signed_in && s.outlet_id ? d && pick(d.outlet) : html`<${OutletPicker} />`}
          tools=${html`<${StaffNav} here="floor" />`}>
        <${NeedRole} roles=${ROLES.floor}>
          ${outletId() ? html`<${Floor} />` : html`<${ChooseOutlet} />`}
        <//>
      <//>
    `;
}
mount(App);
