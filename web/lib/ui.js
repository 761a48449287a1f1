// ui.js -- The parts every page is made of: the frame with its bars, dialogs, toasts, problems.
import { html, render, signal, useEffect, useRef, useState, useId } from './vendor.js';
import { t, lang, large, setLang, setLarge, pick, has } from './texts.js';
import { info, session, get, post, signIn, signOut, loadSession, Problem } from './api.js';
import { clock, now, connection, setClock } from './live.js';
import { timeS, day } from './format.js';

/** The mark: an old coin, round with a square hole, and a number slip's edge. */
export const Mark = () => html`
  <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <circle cx="16" cy="16" r="14" fill="none" stroke="#f0c05a" stroke-width="2.5" />
    <rect
        x="10.5" y="10.5" width="11" height="11" rx="1" fill="none" stroke="#f0c05a"
        stroke-width="2.5" />
    <path d="M16 2v5M16 25v5M2 16h5M25 16h5" stroke="#f0c05a" stroke-width="2.5" />
  </svg>
`;

/** Words that change with the data and must not be read aloud at every tick go without aria-live. */

/* ---- toasts ---- */
/** @type {{value: {id: number, text: string, kind: string}[]}} */
const toasts = signal([]);
let toastId = 0;
/** @param {string} text @param {"ok"|"danger"|""} [kind] @param {number} [ms] */
export function toast(text, kind = '', ms = kind === 'danger' ? 8000 : 4000) {
    const id = ++toastId;
    /* the same said again does not pile up */
    const others = toasts.value.filter((x) => x.text !== text);
    toasts.value = [...others.slice(-2), { id, text, kind }];
    setTimeout(() => dropToast(id), ms);
}
/** @param {number} id */
function dropToast(id) {
    toasts.value = toasts.value.filter((x) => x.id !== id);
}
/** A refusal or fault of an action as a toast. @param {any} e */
export function toastProblem(e) {
    const p = e instanceof Problem ? e : new Problem({ title: String((e && e.message) || e) });
    toast(p.line, 'danger');
}
const Toasts = () => html`
  <div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map(
        (x) => html`
          <div key=${x.id} class=${'toast ' + (x.kind ? 'toast-' + x.kind : '')}>
            <span>${x.text}</span>
            <button type="button" onClick=${() => dropToast(x.id)}>${t('dialog.close')}</button>
          </div>
        `,
    )}
  </div>
`;

/* ---- dialog ---- */
/**
 * A modal dialog: the browser's own, so focus stays inside and Escape closes it.
 * @param {{open: boolean, onClose: () => void, title: string, children?: any, wide?: boolean, actions?: any, class?: string}} p
 */
export function Dialog({ open, onClose, title, children, wide, actions, class: cls }) {
    const ref = useRef(/** @type {any} */ (null));
    const id = useId();
    useEffect(() => {
        const d = ref.current;
        if (open && !d.open) d.showModal();
        if (!open && d.open) d.close();
    }, [open]);
    return html`
      <dialog
          ref=${ref} class=${'dialog ' + (wide ? 'dialog-wide ' : '') + (cls || '')}
          aria-labelledby=${id} onClose=${onClose}
          onClick=${(/** @type {any} */ e) => e.target === ref.current && onClose()}>
        ${open && html`
          <div class="dialog-body">
            <h2 id=${id}>${title}</h2>
            ${children}
            ${actions && html`<div class="dialog-actions">${actions}</div>`}
          </div>
        `}
      </dialog>
    `;
}

/** @type {{value: null | {title: string, text?: any, yes: string, no: string, danger: boolean, done: (yes: boolean) => void}}} */
const question = signal(/** @type {any} */ (null));
/**
 * Ask before something that cannot be taken back.
 * @param {{title: string, text?: any, yes?: string, no?: string, danger?: boolean}} q @returns {Promise<boolean>}
 */
export function ask(q) {
    return new Promise((done) => {
        question.value = { yes: t('dialog.ok'), no: t('dialog.cancel'), danger: false, ...q, done };
    });
}
function Question() {
    const q = question.value;
    const answer = (/** @type {boolean} */ yes) => {
        if (question.value) question.value.done(yes);
        question.value = null;
    };
    return html`
      <${Dialog}
          open=${!!q} onClose=${() => answer(false)} title=${q ? q.title : ''}
          actions=${q && html`
            <button type="button" class="btn" onClick=${() => answer(false)}>${q.no}</button>
            <button
                type="button" class=${'btn ' + (q.danger ? 'btn-danger-solid' : 'btn-primary')}
                onClick=${() => answer(true)}>
              ${q.yes}
            </button>
          `}>
        ${q && q.text && html`<p>${q.text}</p>`}
      <//>
    `;
}

/* ---- form field ---- */
/**
 * @param {{label: string, value: string, onInput: (v: string) => void, type?: string, hint?: any, error?: string,
 *   required?: boolean, name?: string, autocomplete?: string, inputmode?: string, maxlength?: number,
 *   placeholder?: string, disabled?: boolean, min?: any, max?: any, step?: any, class?: string}} p
 */
export function Field({
    label,
    value,
    onInput,
    type = 'text',
    hint,
    error,
    required,
    class: cls,
    ...rest
}) {
    const id = useId();
    const about = [hint && id + 'h', error && id + 'e'].filter(Boolean).join(' ') || undefined;
    const tag = type === 'textarea' ? 'textarea' : 'input';
    return html`
      <div class=${'field ' + (cls || '')}>
        <label for=${id}>${label}</label>
        <${tag}
            id=${id} class=${type === 'textarea' ? 'textarea' : 'input'}
            type=${tag === 'input' ? type : undefined} value=${value}
            onInput=${(/** @type {any} */ e) => onInput(e.target.value)} required=${required}
            aria-invalid=${error ? 'true' : undefined} aria-describedby=${about} ...${rest} />
        ${hint && html`<span class="hint" id=${id + 'h'}>${hint}</span>`}
        ${error && html`<span class="error" id=${id + 'e'} role="alert">${error}</span>`}
      </div>
    `;
}
/**
 * @param {{label: string, value: any, onInput: (v: string) => void, options: {value: any, text: string}[], hint?: any,
 *   error?: string, disabled?: boolean, class?: string}} p
 */
export function Select({ label, value, onInput, options, hint, error, class: cls, ...rest }) {
    const id = useId();
    const about = [hint && id + 'h', error && id + 'e'].filter(Boolean).join(' ') || undefined;
    return html`
      <div class=${'field ' + (cls || '')}>
        <label for=${id}>${label}</label>
        <select
            id=${id} class="select" value=${value}
            onChange=${(/** @type {any} */ e) => onInput(e.target.value)}
            aria-invalid=${error ? 'true' : undefined} aria-describedby=${about} ...${rest}>
          ${options.map(
              (o) =>
                  html`
                    <option
                        key=${o.value} value=${o.value}
                        selected=${String(o.value) === String(value)}>
                      ${o.text}
                    </option>
                  `,
          )}
        </select>
        ${hint && html`<span class="hint" id=${id + 'h'}>${hint}</span>`}
        ${error && html`<span class="error" id=${id + 'e'} role="alert">${error}</span>`}
      </div>
    `;
}

/** Keeps a wall or kiosk screen from going dark, where the browser can. */
export function stayAwake() {
    const hold = () => {
        if (document.visibilityState === 'visible' && navigator.wakeLock)
            navigator.wakeLock
                .request('screen')
                .catch(() => {}); /* refused on battery: the screen's own setting rules */
    };
    hold();
    document.addEventListener('visibilitychange', hold);
}

/* ---- states of a page ---- */
export const Loading = () =>
    html`
      <div class="loading" role="status"><div class="spinner"></div><div>${t('loading')}</div></div>
    `;

/** @param {{problem: Problem, onRetry?: () => void, children?: any}} p */
export function ProblemView({ problem, onRetry, children }) {
    /* a server that is away is asked again by itself, as the hint says */
    useEffect(() => {
        if (!problem.network || !onRetry) return undefined;
        const timer = setTimeout(onRetry, 5000);
        return () => clearTimeout(timer);
    }, [problem]);
    return html`
      <div class="problem" role="alert">
        <div class="title">${problem.title}</div>
        ${
          problem.network
              ? html`<p class="muted">${t('problem.network.hint')}</p>`
              : problem.more && html`<p class="muted">${problem.more}</p>`
        }
        ${problem.code && !problem.network && html`
          <p class="tiny muted">${t('problem.code', { code: problem.code })}</p>
        `}
        ${onRetry && html`
          <button type="button" class="btn btn-primary" onClick=${onRetry}>
            ${t('problem.retry')}
          </button>
        `}
        ${children}
      </div>
    `;
}

const STEPS = ['outlets', 'services', 'windows', 'staff', 'devices'];
/** A bank without outlets: what the administrator does first, and where. */
export function NoOutlets() {
    const s = session.value;
    const mine = s && s.signed_in && s.role === 'admin';
    return html`
      <section class="card stack first-steps" aria-labelledby="first-steps">
        <h2 id="first-steps">${t('first.title')}</h2>
        <p>${t(mine ? 'first.admin' : 'first.other')}</p>
        <ol class="tip-steps">
          ${STEPS.map(
              (x) => html`
                <li key=${x}>
                  ${
                    mine
                        ? html`<a href=${'/admin.html#' + x}>${t('first.' + x)}</a>`
                        : t('first.' + x)
                  }
                </li>
              `,
          )}
        </ol>
        ${mine && html`
          <p><a class="btn btn-primary" href="/admin.html#outlets">${t('first.go')}</a></p>
        `}
        ${!(s && s.signed_in) && !(info.value && info.value.setup_needed) && html`
          <p><a class="btn btn-primary" href="/signin.html">${t('shell.signin')}</a></p>
        `}
      </section>
    `;
}

/** A progress bar: part 0..1. @param {{part: number, label: string, kind?: string}} p */
export function Progress({ part, label, kind }) {
    const v = Math.min(1, Math.max(0, part));
    return html`
      <div
          class=${'progress ' + (kind ? 'progress-' + kind : '')} role="progressbar"
          aria-label=${label} aria-valuemin="0" aria-valuemax="100"
          aria-valuenow=${Math.round(v * 100)}>
        <i style=${{ '--part': String(v) }}></i>
      </div>
    `;
}

const STATE_BADGE = /** @type {Record<string,string>} */ ({
    waiting: 'badge-info',
    booked: 'badge-info',
    called: 'badge-accent',
    serving: 'badge-solid',
    parked: 'badge-warn',
    transferred: 'badge-info',
    done: 'badge-ok',
    no_show: 'badge-danger',
    left: '',
    void: '',
});
/** A ticket's state. @param {{state: string}} p */
export const StateBadge = ({ state }) =>
    html`
      <span class=${'badge ' + (STATE_BADGE[state] || '')}>
        ${has('state.' + state) ? t('state.' + state) : state}
      </span>
    `;

/** Server-made SVG (a QR code of our own server). @param {{svg: string, label: string, class?: string}} p */
export const Qr = ({ svg, label, class: cls }) => html`
  <div
      class=${'qr ' + (cls || '')} role="img" aria-label=${label}
      dangerouslySetInnerHTML=${{ __html: svg.replace(/ role="img"/, ' aria-hidden="true"') }}></div>
`;

/* ---- bars ---- */
const SPEEDS = [1, 20, 60];
/** @param {{speed: number, paused: boolean}} want */
async function setDemoClock(want) {
    try {
        const c = await post('/api/demo/clock', want);
        if (c.now_ms) setClock(c.now_ms, c);
        else clock.value = { ...clock.value, ...want };
    } catch (e) {
        toastProblem(e);
    }
}
export function DemoRibbon() {
    if (!info.value || !info.value.demo) return null;
    const c = clock.value;
    return html`
      <aside class="demo-ribbon" aria-label=${t('demo.ribbon')}>
        <strong>${t('demo.ribbon')}</strong>
        <span class="num">${day(now.value)} ${timeS(now.value)}</span>
        ${c.controllable && html`
          <span class="clock-control" role="group" aria-label=${t('demo.clock')}>
            ${SPEEDS.map(
                (s) => html`
                  <button
                      key=${s} type="button" aria-pressed=${String(!c.paused && c.speed === s)}
                      aria-label=${t('demo.speed', { n: s })}
                      onClick=${() => setDemoClock({ speed: s, paused: false })}>
                    ${s}×
                  </button>
                `,
            )}
            <button
                type="button" aria-pressed=${String(c.paused)}
                onClick=${() => setDemoClock({ speed: c.speed, paused: !c.paused })}>
              ${t(c.paused ? 'demo.paused' : 'demo.pause')}
            </button>
          </span>
        `}
      </aside>
    `;
}

export const LanguageButton = ({ class: cls = 'btn-bar' }) => html`
  <button
      type="button" class=${cls} lang=${lang.value === 'en' ? 'zh-CN' : 'en'}
      aria-label=${t('shell.language.label')}
      onClick=${() => setLang(lang.value === 'en' ? 'zh' : 'en')}>
    ${t('shell.language')}
  </button>
`;
export const LargeButton = ({ class: cls = 'btn-bar' }) => html`
  <button
      type="button" class=${cls} aria-pressed=${String(large.value)}
      aria-label=${t('shell.large.label')} onClick=${() => setLarge(!large.value)}>
    ${t('shell.large')}
  </button>
`;

/** @param {{where?: any, children?: any, account?: boolean, home?: boolean}} p */
export function TopBar({ where, children, account = true, home = true }) {
    const s = session.value;
    const brand = html`
      <${Mark} />
      <span>${info.value ? pick(info.value, 'bank') : t('app.name')}</span>
    `;
    return html`
      <header class="topbar">
        ${
          home
              ? html`
                  <a
                      class="brand" href="/"
                      aria-label=${
                        (info.value ? pick(info.value, 'bank') : t('app.name')) +
                        ' · ' +
                        t('shell.home')
                      }>
                    ${brand}
                  </a>
                `
              : html`<span class="brand">${brand}</span>`
        }
        ${where && html`<span class="where">${where}</span>`}
        <div class="tools">
          ${children}
          <${LargeButton} />
          <${LanguageButton} />
          ${account && s && s.signed_in && s.kind === 'staff' && html`
            <span class="who small nowrap">${s.name}</span>
            <button
                type="button" class="btn-bar"
                onClick=${() =>
                    signOut()
                        .then(() => location.assign('/'))
                        .catch(toastProblem)}>
              ${t('shell.signout')}
            </button>
          `}
        </div>
      </header>
    `;
}

export function ConnectionBanner() {
    const c = connection.value;
    const [late, setLate] = useState(false);
    /* a blink is not worth a word: only after 1.5 s */
    useEffect(() => {
        if (c !== 'lost' && c !== 'polling') {
            setLate(false);
            return undefined;
        }
        const timer = setTimeout(() => setLate(true), 1500);
        return () => clearTimeout(timer);
    }, [c]);
    return html`
      <div role="status" aria-live="polite">
        ${late && (c === 'lost' || c === 'polling') && html`
          <div class="conn-banner">${t('conn.' + c)}</div>
        `}
      </div>
    `;
}

/**
 * The frame of a page. bare: no top bar (kiosk and board have their own).
 * @param {{title: string, where?: any, tools?: any, children?: any, wide?: boolean, narrow?: boolean, bare?: boolean,
 *   footer?: boolean, account?: boolean, class?: string}} p
 */
export function Shell({
    title,
    where,
    tools,
    children,
    wide,
    narrow,
    bare,
    footer = true,
    account,
    class: cls,
}) {
    useEffect(() => {
        document.title = title + ' · ' + (info.value ? pick(info.value, 'bank') : t('app.name'));
    }, [title, info.value, lang.value]);
    return html`
      <div class=${'page ' + (cls || '')}>
        <a class="skip-link" href="#main">${t('shell.skip')}</a>
        <${DemoRibbon} />
        ${!bare && html`<${TopBar} where=${where} account=${account}>${tools}<//>`}
        <${ConnectionBanner} />
        <main
            id="main" tabindex="-1"
            class=${bare ? '' : 'main ' + (wide ? 'main-wide' : narrow ? 'main-narrow' : '')}>
          ${children}
        </main>
        ${footer && !bare && html`<footer class="footer">${t('shell.footer')}</footer>`}
        <${Question} />
        <${Toasts} />
      </div>
    `;
}

/* ---- sign-in, also shown inside a page that needs it ---- */
/**
 * @param {{roles?: string[], outlet?: any, cardsOnly?: boolean, onDone?: (s: any) => void}} p roles: whom the page is for;
 *   outlet: where; the demo bank's cards are for these (without an outlet it is asked)
 */
export function SignIn({ roles, outlet, cardsOnly, onDone }) {
    const [outlets, setOutlets] = useState(/** @type {any[]} */ ([]));
    const [chosen, setChosen] = useState(0);
    const [username, setUsername] = useState('');
    const [password, setPassword] = useState('');
    const [error, setError] = useState('');
    const [busy, setBusy] = useState(false);
    /** @param {string} u @param {string} p */
    const go = async (u, p) => {
        setBusy(true);
        setError('');
        try {
            const s = await signIn(u, p);
            if (onDone) onDone(s);
        } catch (e) {
            setError(/** @type {Problem} */ (e).title);
        } finally {
            setBusy(false);
        }
    };
    const all = ((info.value && info.value.demo_accounts) || []).filter(
        (/** @type {any} */ a) => !roles || roles.includes(a.role),
    );
    const places = [...new Set(all.map((/** @type {any} */ a) => a.outlet_id))].filter(Boolean);
    const here = outlet ? outlet.id : chosen || places[0];
    /* the desk's people first; three tellers are enough to try */
    const order = ['teller', 'floor', 'head', 'office', 'auditor', 'admin'];
    /* of the tellers: who may approve, who has a window of her own, and last a relief */
    const seat = (/** @type {any} */ a) =>
        a.role !== 'teller' || a.grade > 1 ? 0 : a.username.startsWith('relief') ? 2 : 1;
    const local = all
        .filter((/** @type {any} */ a) => !a.outlet_id || a.outlet_id === here)
        .sort((/** @type {any} */ a, /** @type {any} */ b) => seat(a) - seat(b));
    const demo = local
        .filter(
            (/** @type {any} */ a, /** @type {number} */ i) =>
                local.slice(0, i).filter((/** @type {any} */ b) => b.role === a.role).length < 3,
        )
        .sort(
            (/** @type {any} */ a, /** @type {any} */ b) =>
                order.indexOf(a.role) - order.indexOf(b.role) || seat(b) - seat(a),
        );
    const many = !outlet && places.length > 1;
    useEffect(() => {
        if (many)
            get('/api/outlets').then(
                (d) => setOutlets(d.items),
                () => {},
            );
    }, [many]);
    return html`
      <div class="stack-l">
        ${demo.length > 0 && html`
          <section class="stack" aria-labelledby="demo-signin">
            <div class="row row-between">
              <h2 id="demo-signin">${t('signin.demo')}</h2>
              ${many && outlets.length > 0 && html`
                <label class="field">
                  <span class="sr-only">${t('staff.outlet')}</span>
                  <select
                      class="select" value=${here}
                      onChange=${(/** @type {any} */ e) => setChosen(Number(e.target.value))}>
                    ${outlets
                        .filter((x) => places.includes(x.id))
                        .map(
                            (x) =>
                                html`
                                  <option key=${x.id} value=${x.id} selected=${x.id === here}>
                                    ${pick(x)}
                                  </option>
                                `,
                        )}
                  </select>
                </label>
              `}
            </div>
            <div class="grid grid-small">
              ${demo.map(
                  (/** @type {any} */ a) => html`
                    <button
                        key=${a.username} type="button" class="card" disabled=${busy}
                        onClick=${() => go(a.username, a.password)}>
                      <span class="stack-s">
                        <span class="row row-between">
                          <strong lang="zh-CN">${a.name}</strong>
                          <span class="badge">
                            ${t(
                                a.role === 'teller' && a.grade > 1
                                    ? 'role.supervisor'
                                    : 'role.' + a.role,
                            )}
                          </span>
                        </span>
                        <span class="small muted">
                          ${a.username} · ${t('signin.demo.hint', { password: a.password })}
                        </span>
                      </span>
                    </button>
                  `,
              )}
            </div>
          </section>
        `}
        ${
          cardsOnly
              ? error && html`<p class="banner banner-danger" role="alert">${error}</p>`
              : html`
                  <form
                      class="card stack" aria-label=${t('signin.title')}
                      onSubmit=${(/** @type {any} */ e) => {
                          e.preventDefault();
                          go(username, password);
                      }}>
                    <${Field}
                        label=${t('signin.username')} value=${username} onInput=${setUsername}
                        name="username" autocomplete="username" required />
                    <${Field}
                        label=${t('signin.password')} value=${password} onInput=${setPassword}
                        type="password" name="password" autocomplete="current-password" required
                        error=${error} />
                    <button
                        type="submit" class="btn btn-primary"
                        disabled=${busy || !username || !password}>
                      ${t('signin.go')}
                    </button>
                  </form>
                `
        }
      </div>
    `;
}

/**
 * Shows children only to sessions of these roles (and, if given, of this outlet or of all); others
 * are offered to sign in.
 * @param {{roles: string[], outlet?: any, children?: any}} p
 */
export function NeedRole({ roles, outlet, children }) {
    const s = session.value;
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const was = useRef(false);
    const load = () => {
        loadSession().then(() => setProblem(null), setProblem);
    };
    useEffect(() => {
        if (!session.value) load();
    }, []);
    if (!s)
        return problem
            ? html`<${ProblemView} problem=${problem} onRetry=${load} />`
            : html`<${Loading} />`;
    const fits = s.signed_in && s.role && roles.includes(s.role);
    const away = fits && outlet && s.outlet_id && s.outlet_id !== outlet.id;
    if (fits && !away) {
        was.current = true;
        return children;
    }
    return html`
      <div class="main main-narrow stack">
        <h1>${t('signin.title')}</h1>
        <div class="banner banner-warn">
          ${
            away
                ? t('problem.other_outlet', { outlet: pick(outlet) })
                : t(
                      s.signed_in
                          ? 'problem.role'
                          : was.current
                            ? 'signin.expired'
                            : 'signin.needed',
                      {
                          role: roles
                              .slice(0, 2)
                              .map((r) => t('role.' + r))
                              .join(t('list.comma')),
                      },
                  )
          }
        </div>
        <${SignIn} roles=${roles} outlet=${outlet} />
      </div>
    `;
}

/** A value of the address, ?name=... @param {string} name */
export const param = (name) => new URLSearchParams(location.search).get(name) || '';

/** Put a page into the document. @param {any} App */
export function mount(App) {
    const root = document.getElementById('app');
    if (!root) throw new Error('no #app');
    root.textContent = '';
    render(html`<${App} />`, root);
}
