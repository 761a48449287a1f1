// planner-base.js -- What the planner's views share: the address, times, a job that takes seconds.
import { html, signal, useEffect, useRef, useState } from './vendor.js';
import { t, lang } from './texts.js';
import { get, post, session } from './api.js';
import { toastProblem } from './ui.js';
import { serverNow } from './live.js';
import { addDays, dateOf } from './format.js';

/** @typedef {{staff_id: number, day: number, outlet_id: number, from: number, until: number, break_from: number, break_minutes: number, pinned: boolean}} Work */

export const today = () => dateOf(serverNow());
/** @param {string} date */
export const mondayOf = (date) => {
    const w = new Date(date + 'T00:00:00Z').getUTCDay() || 7;
    return addDays(date, 1 - w);
};

function read() {
    const p = new URLSearchParams(location.hash.slice(1));
    const own = session.value && session.value.outlet_id ? session.value.outlet_id : 0;
    const day = p.get('day') || '';
    return {
        view: p.get('view') || 'week',
        outlet: own || Number(p.get('outlet') || 0),
        day: /^\d{4}-\d\d-\d\d$/.test(day) ? day : '',
    };
}
export const route = signal(read());
export const readRoute = () => {
    route.value = read();
};
window.addEventListener('hashchange', readRoute);
/** @param {Record<string, any>} to */
export function link(to) {
    const all = { ...route.value, ...to };
    const p = new URLSearchParams();
    for (const [k, v] of Object.entries(all)) if (v) p.set(k, String(v));
    return '#' + p;
}
/** @param {Record<string, any>} to */
export const go = (to) => location.assign(link(to));
/** Where the page opens when the address names no day: today, or the next working day once today is over. */
export const firstDay = signal('');
export const dayShown = () => route.value.day || firstDay.value || today();

/** Minutes of the day as 09:00. @param {number} m */
export const hm = (m) =>
    String(Math.floor(m / 60)).padStart(2, '0') + ':' + String(m % 60).padStart(2, '0');
/** @param {number} p @param {number} [digits] */
export const percent = (p, digits = 1) => (p * 100).toFixed(digits) + '%';
/** 周一 11-23. @param {string} date @param {"short"|"long"} [form] */
export function dayName(date, form = 'short') {
    const d = new Date(date + 'T00:00:00Z');
    const name = new Intl.DateTimeFormat(lang.value === 'en' ? 'en-GB' : 'zh-CN', {
        weekday: form,
        timeZone: 'UTC',
    }).format(d);
    return form === 'short' ? name : name + ' ' + date;
}
export const outletPath = () => '/api/outlets/' + route.value.outlet;
/** May this person change rosters? */
export const mayChange = () =>
    !!session.value && ['head', 'admin'].includes(session.value.role || '');

/**
 * A computation of the server: starts, is asked about, can be stopped; done gets its result.
 * @param {(result: any, job: any) => void} done
 * @param {(result: any) => void} [first] gets what is good already while a better answer is looked for
 */
export function useJob(done, first) {
    const [job, setJob] = useState(/** @type {any} */ (null));
    const gone = useRef(false);
    const finish = useRef(done);
    finish.current = done;
    const show = useRef(first);
    show.current = first;
    useEffect(
        () => () => {
            gone.current = true;
        },
        [],
    );
    /** @param {number} id */
    const follow = async (id) => {
        for (let n = 0, shown = false; !gone.current; n++) {
            const j = await get(outletPath() + '/plan/jobs/' + id);
            if (gone.current) return;
            setJob(j.state === 'running' ? j : null);
            if (j.partial && !shown && show.current) {
                shown = true;
                show.current(j.partial);
            }
            if (j.state === 'done') finish.current(j.result, j);
            if (j.state === 'failed')
                toastProblem({ message: lang.value === 'en' ? j.title_en : j.title_zh });
            if (j.state !== 'running') return;
            await new Promise((r) => setTimeout(r, n < 10 ? 200 : 500));
        }
    };
    /** A page that was left finds its day again; a week is taken over only where it was asked for. @param {string} kind */
    const again = (kind) =>
        get(outletPath() + '/plan/jobs')
            .then((x) => {
                const j = x.items.find(
                    (/** @type {any} */ i) =>
                        i.kind === kind && i.state === 'running' && i.all === 100,
                );
                return j && !gone.current ? follow(j.job) : undefined;
            })
            .catch(() => setJob(null));
    return {
        job,
        again,
        /** @param {string} path @param {any} body */
        start: async (path, body) => {
            try {
                const { job: id } = await post(outletPath() + path, body);
                await follow(id);
            } catch (e) {
                setJob(null);
                toastProblem(e);
            }
        },
        stop: () =>
            job && post(outletPath() + '/plan/jobs/' + job.job + '/stop', {}).catch(toastProblem),
    };
}

/** What a running job is doing. @param {{job: any, stop: () => void}} p */
export function JobBar({ job, stop }) {
    if (!job) return null;
    const share = job.all ? Math.min(100, (100 * job.done) / job.all) : 0;
    const gap =
        job.best !== null && job.bound !== null
            ? percent((job.best - job.bound) / Math.max(1, Math.abs(job.best)))
            : '–';
    return html`
      <div class="card job" role="status">
        <div class="row">
          <strong>${t(job.kind === 'staff' ? 'plan.busy.needs' : 'plan.solving')}</strong>
          <span class="num muted">${job.seconds.toFixed(0)} s</span>
          ${job.kind === 'staff' && job.all > 100 && html`
            <span class="small muted">
              ${t('plan.needs.day', {
                  n: Math.min(Math.floor(job.done / 100) + 1, job.all / 100),
                  all: job.all / 100,
              })}
            </span>
          `}
          ${job.kind === 'staff' && job.partial && html`
            <span class="small muted">${t('plan.busy.better')}</span>
          `}
          ${job.kind === 'roster' && job.best !== null && html`
            <span class="small muted num">
              ${t('plan.solving.best', {
                  best: job.best.toFixed(0),
                  bound: job.bound === null ? '–' : job.bound.toFixed(0),
                  gap,
              })}
            </span>
          `}
          <span class="grow"></span>
          <button type="button" class="btn btn-small" disabled=${job.stopping} onClick=${stop}>
            ${t('plan.stop')}
          </button>
        </div>
        <progress max="100" value=${share} aria-label=${t('plan.solving')}></progress>
      </div>
    `;
}

/** Calls fn once the values have rested for a while. @param {any[]} deps @param {() => void} fn @param {number} ms */
export function useRest(deps, fn, ms) {
    const f = useRef(fn);
    f.current = fn;
    useEffect(() => {
        const timer = setTimeout(() => f.current(), ms);
        return () => clearTimeout(timer);
    }, deps);
}
