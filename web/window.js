// window.js -- The teller's page: one key a step. The server decides; the page shows its answer.
import { html, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { get, info, session, Problem } from './lib/api.js';
import { live, loadInfo, now } from './lib/live.js';
import { mount, Loading, NeedRole, ProblemView, Shell, toastProblem } from './lib/ui.js';
import {
    ChooseOutlet,
    OutletPicker,
    ROLES,
    StaffNav,
    StuckBanner,
    keep,
    outletId,
} from './lib/staff.js';
import { act, actions, dialog, here, onKey, show, subject, windowId } from './lib/window-desk.js';
import { Current, Keys, Side, Undo } from './lib/window-parts.js';
import { CallThis, Correct, Help, Park, Pause, Transfer } from './lib/window-dialogs.js';

/* Who is at a window already is brought there, once: whoever then leaves it wants to choose. */
let brought = false;

/** @param {any[]} items */
function bringBack(items) {
    const me = session.value && session.value.kind === 'staff' ? session.value.id : 0;
    const own = me ? items.find((w) => w.session && w.session.staff_id === me) : null;
    if (own && !brought) windowId.value = own.id;
    brought = true;
}

/** Choose the window to stand at. */
function Windows() {
    const [items, setItems] = useState(/** @type {any[]|null} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const o = outletId();
    const load = () =>
        get(`/api/outlets/${o}/windows`).then((a) => {
            bringBack(a.items);
            setItems(a.items);
        }, setProblem);
    useEffect(() => {
        load();
    }, [o]);
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!items) return html`<${Loading} />`;
    return html`
      <div class="stack choose">
        <h1>${t('win.choose')}</h1>
        <p class="muted">${t('win.choose.hint')}</p>
        <div class="grid">
          ${items.map(
              (w) => html`
                <button
                    key=${w.id} type="button" class="card window-card"
                    onClick=${() => {
                        windowId.value = w.id;
                        keep('window', String(w.id));
                    }}>
                  <span class="window-number num">${w.number}</span>
                  <span class="stack-s grow">
                    <strong>${pick(w)}</strong>
                    <span class="small muted">
                      ${
                        w.session
                            ? t('win.taken.by', { name: w.session.staff_name })
                            : t('win.empty')
                      }
                    </span>
                  </span>
                </button>
              `,
          )}
        </div>
      </div>
    `;
}
function leave() {
    windowId.value = 0;
    keep('window', '');
}

/** @param {{d: any}} p */
function SignInHere({ d }) {
    return html`
      <div class="main-narrow card stack center desk-signin">
        <p class="muted">${pick(d.outlet)}</p>
        <h1>${t('win.number', { n: d.window.number })} · ${pick(d.window)}</h1>
        <p>${t('win.signin.hint', { name: session.value ? session.value.name : '' })}</p>
        <button
            type="button" class="btn btn-primary btn-big" autofocus disabled=${!!actions.busy.value}
            onClick=${() => act('sign-in')}>
          ${t('win.signin')}
          <span class="kbd" aria-hidden="true">Enter</span>
        </button>
        <button type="button" class="btn btn-quiet" onClick=${leave}>${t('win.other')}</button>
      </div>
    `;
}

function Desk() {
    const id = windowId.value;
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const [state, setState] = useState(/** @type {any} */ (null));
    useEffect(() => {
        setState(null);
        setProblem(null);
        let gone = false;
        /** @type {any} */
        let l = null;
        get(`/api/windows/${id}/desk`).then(
            (d) => {
                if (gone) return;
                l = live({
                    url: `/api/windows/${id}/desk`,
                    stream: `/api/outlets/${d.outlet.id}/stream`,
                    debounce_ms: 150,
                });
                here.live = l;
                setState(l);
            },
            (e) => !gone && setProblem(e),
        );
        return () => {
            gone = true;
            if (l) l.close();
            here.live = null;
        };
    }, [id]);
    const d = state ? state.data.value : null;
    const ticket_id = d && d.ticket ? d.ticket.id : 0;
    useEffect(() => {
        if (dialog.value !== 'help' && dialog.value !== 'pause') dialog.value = '';
    }, [ticket_id]);
    if (problem)
        return html`
          <${ProblemView} problem=${problem} onRetry=${leave}>
            <button type="button" class="btn" onClick=${leave}>${t('win.other')}</button>
          <//>
        `;
    if (!d) return html`<${Loading} />`;
    const me = session.value && session.value.name;
    if (!d.session) return html`<${SignInHere} d=${d} />`;
    if (d.session.staff_name !== me)
        return html`
          <div class="main-narrow card stack center desk-signin">
            <p class="muted">${pick(d.outlet)}</p>
            <h1>${t('win.number', { n: d.window.number })} · ${pick(d.window)}</h1>
            <p>${t('win.taken.by', { name: d.session.staff_name })}</p>
            ${info.value && info.value.demo && html`<p class="muted">${t('win.demo.sit')}</p>`}
            ${info.value && info.value.demo && html`
              <button
                  type="button" class="btn btn-primary btn-big" disabled=${!!actions.busy.value}
                  onClick=${() => act('sign-in')}>
                ${t('win.signin')}
              </button>
            `}
            <button type="button" class="btn btn-quiet" onClick=${leave}>${t('win.other')}</button>
          </div>
        `;
    return html`
      <h1 class="sr-only">${t('win.number', { n: d.window.number })}</h1>
      <${StuckBanner} actions=${actions} />
      <div class="desk" aria-busy=${String(!!actions.busy.value)}>
        <div class="desk-main stack"><${Current} d=${d} /><${Keys} d=${d} /><${Undo} d=${d} /></div>
        <${Side} d=${d} />
      </div>
      ${dialog.value === 'transfer' && d.ticket && html`<${Transfer} d=${d} />`}
      ${dialog.value === 'park' && d.ticket && html`<${Park} d=${d} />`}
      ${dialog.value === 'pause' && html`<${Pause} />`}
      ${dialog.value === 'call' && subject.value && html`<${CallThis} />`}
      ${dialog.value === 'correct' && html`<${Correct} d=${d} />`}
    `;
}

function Tools() {
    const d = here.live && windowId.value ? here.live.data.value : null;
    now.value; /* the desk's snapshot arrives without a new render of the bar */
    const mine = d && d.session && session.value && d.session.staff_name === session.value.name;
    return html`
      <button type="button" class="btn-bar" onClick=${() => show('help')}>
        ${t('win.help.short')} <span class="kbd" aria-hidden="true">?</span>
      </button>
      ${mine && html`
        <button
            type="button" class="btn-bar" disabled=${!!d.ticket || !!actions.busy.value}
            onClick=${() => act('sign-out')}>
          ${t('win.signout')}
        </button>
      `}
    `;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
        window.addEventListener('keydown', onKey);
        return () => window.removeEventListener('keydown', onKey);
    }, []);
    const d = here.live ? here.live.data.value : null;
    const where =
        windowId.value && d
            ? html`${pick(d.outlet)} · <strong>${t('win.number', { n: d.window.number })}</strong>`
            : html`<${OutletPicker} />`;
    now.value;
    return html`
      <${Shell}
          title=${t('staff.page.window')} where=${where} wide footer=${false} class="window-page"
          tools=${html`<${StaffNav} here="window" /><${Tools} />`}>
        <${NeedRole} roles=${ROLES.window}>
          ${
            windowId.value
                ? html`<${Desk} />`
                : outletId()
                  ? html`<${Windows} />`
                  : html`<${ChooseOutlet} />`
          }
        <//>
        ${dialog.value === 'help' && html`<${Help} />`}
      <//>
    `;
}
mount(App);
