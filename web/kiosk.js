// The kiosk 取号机: touch a service, take a number. It forgets the customer after every visit.
//
// A card or ID reader works as a keyboard: it types the card's text and ends with Enter. It is heard on
// the whole page, so that no field needs the focus; the text goes to the server once, to find the
// customer's class, and is kept nowhere. Each slip is printed by the server if the outlet has a printer;
// ?print=page prints it by the browser (a kiosk browser with silent printing), ?print=off not at all.
import { html, signal, useEffect, useRef, useState } from './lib/vendor.js';
import { t, tIn, lang, setLang, large, pick } from './lib/texts.js';
import { info, session, get, post, newKey, signInDevice, loadSession, Problem } from './lib/api.js';
import { live, loadInfo, now, connection } from './lib/live.js';
import {
    Shell,
    Loading,
    ProblemView,
    Mark,
    NeedRole,
    Qr,
    LanguageButton,
    LargeButton,
    Progress,
    mount,
    stayAwake,
    toastProblem,
    param,
} from './lib/ui.js';
import { Paper } from './lib/paper.js';
import { FlowCode, Held, Quicker } from './lib/quicker.js';
import { WithOutlet, hoursText } from './lib/outlet.js';
import { time, day, range, rangeWords, queueText } from './lib/format.js';

const ROLES = ['kiosk', 'floor', 'head', 'admin'];
/* an invented number in the range that the demo bank takes for a mid-class card */
const DEMO_CARD = ';6299980000000012=3012?';
const IDLE_S = 60,
    WARN_S = 15,
    SLIP_S = 15;
const home_lang = lang.value;
const PRINT = param('print') || 'server';

large.value = true;
signInDevice()
    .then(loadSession)
    .catch((e) => {
        session.value = session.value || { signed_in: false };
        toastProblem(e);
    });
loadInfo().catch(toastProblem);
stayAwake();

const CardIcon = () =>
    html`
      <svg
          viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" aria-hidden="true">
        <rect x="4" y="10" width="40" height="28" rx="4" />
        <path d="M4 19h40M11 30h10" />
      </svg>
    `;
const HeartIcon = () =>
    html`
      <svg
          viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" aria-hidden="true">
        <path d="M24 41S6 30 6 18a9 9 0 0 1 18-3 9 9 0 0 1 18 3c0 12-18 23-18 23z" />
      </svg>
    `;

/** Hears a card reader that types like a keyboard: 4 or more characters, then Enter, in half a second each.
 * @param {(text: string) => void} onCard */
function useCardReader(onCard) {
    const f = useRef(onCard);
    f.current = onCard;
    useEffect(() => {
        let text = '',
            last = 0;
        const heard = (/** @type {KeyboardEvent} */ e) => {
            if (e.ctrlKey || e.altKey || e.metaKey) return;
            const at = Date.now();
            if (at - last > 500) text = '';
            if (e.key.length === 1) {
                text = (text + e.key).slice(-120);
                last = at;
                if (text.length > 1 || /[0-9;%]/.test(e.key))
                    e.preventDefault(); /* a space in the card's text must not press a button */
            } else if (e.key === 'Enter' && text.length >= 4) {
                e.preventDefault();
                e.stopPropagation();
                f.current(text);
                text = '';
            }
        };
        document.addEventListener('keydown', heard, true);
        return () => document.removeEventListener('keydown', heard, true);
    }, []);
}

/** @param {{service: any, onPick: () => void, disabled: boolean}} p */
function Tile({ service: s, onPick, disabled }) {
    const other = lang.value === 'en' ? s.name_zh : s.name_en;
    const q = queueText(s);
    return html`
      <button type="button" class="btn-tile k-tile" disabled=${disabled} onClick=${onPick}>
        <span class="name">${pick(s)}</span>
        <span class="other" lang=${lang.value === 'en' ? 'zh-CN' : 'en'}>${other}</span>
        <span class="letter" aria-hidden="true">${s.prefix}</span>
        <span class="facts">
          <b>${q.who}</b>
          ${q.range && html`<span>${t('kiosk.range', { range: q.range })}</span>`}
        </span>
      </button>
    `;
}

/** @param {{visit: any, set: (v: any) => void, pass?: any, code?: string}} p */
function Options({ visit, set, pass, code }) {
    return html`
      <div class="k-options">
        <button
            type="button" class="k-option" aria-pressed=${String(visit.courtesy)}
            onClick=${() => set({ ...visit, courtesy: !visit.courtesy })}>
          <${HeartIcon} />
          <span>
            <strong>${t(visit.courtesy ? 'kiosk.courtesy.on' : 'kiosk.courtesy')}</strong>
            <small>${t('kiosk.courtesy.who')}</small>
          </span>
        </button>
        <div class=${'k-option ' + (visit.card ? 'on' : '')} role="status">
          <${CardIcon} />
          <span class="grow">
            <strong>${t(visit.card ? 'kiosk.swiped' : 'kiosk.swipe')}</strong>
            ${
              !visit.card && info.value && info.value.demo
                  ? html`
                      <button
                          type="button" class="k-link"
                          onClick=${() => set({ ...visit, card: DEMO_CARD })}>
                        ${t('kiosk.swipe.demo')}
                      </button>
                    `
                  : html`<small>${t(visit.card ? 'kiosk.swiped.hint' : 'kiosk.swipe.hint')}</small>`
            }
          </span>
          ${visit.card && html`
            <button type="button" class="btn" onClick=${() => set({ ...visit, card: '' })}>
              ${t('kiosk.swipe.forget')}
            </button>
          `}
        </div>
        ${pass && html`
          <div class="k-option">
            <${Qr} svg=${pass.qr_svg} label=${t('kiosk.phone_join')} />
            <span><strong>${t('kiosk.phone_join')}</strong><small>${t('kiosk.scan')}</small></span>
          </div>
        `}
        ${code && html`<${FlowCode} code=${code} />`}
      </div>
    `;
}

/** @param {{o: any, visit: any, set: (v: any) => void, busy: boolean, error: Problem|null, pass: any, onTake: () => void, onBack: () => void, onDone: () => void}} p */
function Confirm({ o, visit, set, busy, error, pass, onTake, onBack, onDone }) {
    const [held, setHeld] = useState(/** @type {any} */ (null));
    const s = o.services.find((/** @type {any} */ x) => x.id === visit.service);
    const q = queueText(s);
    const others = o.services.filter((/** @type {any} */ x) => x.id !== visit.service);
    if (held)
        return html`
          <div class="k-body k-slip">
            <${Held}
                k=${held} place=${held.place} onDone=${onDone}
                onPrint=${() => printSlip(held, 'page')} />
          </div>
        `;
    const toggle = (/** @type {number} */ id) =>
        set({
            ...visit,
            more: visit.more.includes(id)
                ? visit.more.filter((/** @type {number} */ x) => x !== id)
                : [...visit.more, id],
        });
    return html`
      <div class="k-body">
        <section class="k-card" aria-labelledby="k-service">
          <h1 id="k-service">${pick(s)}</h1>
          <dl class="k-facts">
            <div>
              <dt>${t('board.waiting')}</dt>
              <dd><b>${q.who}</b>${q.range && ' · ' + q.range}</dd>
            </div>
            ${pick(s, 'documents') && html`
              <div><dt>${t('kiosk.documents')}</dt><dd>${pick(s, 'documents')}</dd></div>
            `}
            ${pick(s, 'machine') && html`
              <div><dt>${t('kiosk.machine')}</dt><dd>${pick(s, 'machine')}</dd></div>
            `}
          </dl>
        </section>
        <${Quicker}
            code=${o.code} service=${visit.service} scan pass=${pass && pass.pass}
            onHeld=${(/** @type {any} */ k, /** @type {any} */ place) => setHeld({ ...k, place })} />
        <section class="stack" aria-labelledby="k-more">
          <div>
            <h2 id="k-more">${t('kiosk.more')}</h2>
            <p class="muted">${t('kiosk.more.hint')}</p>
          </div>
          <div class="k-chips">
            ${others.map(
                (/** @type {any} */ x) => html`
                  <button
                      key=${x.id} type="button" class="k-chip"
                      aria-pressed=${String(visit.more.includes(x.id))}
                      onClick=${() => toggle(x.id)}>
                    ${pick(x)}
                  </button>
                `,
            )}
          </div>
        </section>
        ${error && html`
          <div class="banner banner-danger" role="alert">
            <strong>${t('kiosk.failed')}</strong> ${error.title}
            ${error.detail && !error.network ? ' — ' + error.detail : ''}
          </div>
        `}
        <${Options} visit=${visit} set=${set} />
        <div class="k-actions">
          <button type="button" class="btn" disabled=${busy} onClick=${onBack}>
            ${t('kiosk.back')}
          </button>
          <button type="button" class="btn btn-primary" disabled=${busy} onClick=${onTake}>
            ${t(busy ? 'kiosk.taking' : 'kiosk.take')}
          </button>
        </div>
      </div>
    `;
}

/** @param {{ticket: any, paper: string, onDone: () => void, onPrint: () => void}} p */
function Slip({ ticket: k, paper: state, onDone, onPrint }) {
    const [left, setLeft] = useState(SLIP_S);
    useEffect(() => {
        const timer = setInterval(() => setLeft((n) => n - 1), 1000);
        return () => clearInterval(timer);
    }, []);
    useEffect(() => {
        if (left <= 0) onDone();
    }, [left]);
    return html`
      <div class="k-body k-slip">
        <section class="k-card" aria-live="assertive">
          <div class="k-half">
            <p class="muted">
              ${t('kiosk.your_number')} · ${k.services
                  .map((/** @type {any} */ s) => pick(s))
                  .join(' + ')}
            </p>
            <h1 class="k-number" data-number>${k.number}</h1>
            <div class="k-two">
              <div>
                <div class="label">
                  ${t('kiosk.ahead')}
                  ${t('kiosk.ahead.class', { class: pick(k.class) })}
                </div>
                <div class="value">
                  ${
                    k.ahead_class
                        ? t('kiosk.ahead.value', { n: k.ahead_class })
                        : t('kiosk.ahead.none')
                  }
                </div>
              </div>
              <div>
                <div class="label">${t('kiosk.forecast')}</div>
                <div class="value">${range(k.forecast || k.forecast_at_take)}</div>
                ${rangeWords(k.forecast) && html`
                  <p class="k-words muted">${rangeWords(k.forecast)}</p>
                `}
              </div>
            </div>
          </div>
          <div class="k-half">
            ${pick(k.service, 'documents') && html`
              <p class="k-docs">
                <strong>${t('kiosk.documents')}${t('colon')}</strong>
                ${pick(k.service, 'documents')}
              </p>
            `}
            ${k.qr_svg && html`
              <div class="k-scan">
                <${Qr} svg=${k.qr_svg} label=${t('kiosk.scan')} />
                <p>${t('kiosk.scan')}</p>
              </div>
            `}
            ${
              state === 'failed'
                  ? html`
                      <p class="banner banner-danger" role="alert">${t('kiosk.print.failed')}</p>
                    `
                  : state === 'printed' &&
                    html`<p class="banner banner-ok" role="status">${t('kiosk.printed')}</p>`
            }
            <p class="strong">${t('kiosk.listen')}</p>
          </div>
        </section>
        <div class="k-actions">
          <button
              type="button" class="btn"
              onClick=${() => {
                  onPrint();
                  setLeft(SLIP_S);
              }}>
            ${t('kiosk.print')}
          </button>
          <button type="button" class="btn btn-primary" onClick=${onDone}>
            ${t('kiosk.done')}
          </button>
        </div>
        <div class="k-return">
          <${Progress} part=${left / SLIP_S} label=${t('kiosk.return', { n: left })} />
          <span>${t('kiosk.return', { n: Math.max(0, left) })}</span>
        </div>
      </div>
    `;
}

/** @param {{o: any, pass: any}} p */
function Closed({ o, pass }) {
    const stopped = o.open_now && !o.issuing;
    const text = stopped
        ? t('kiosk.stopped.text')
        : o.opens_s === o.closes_s
          ? t('kiosk.closed.today')
          : t('kiosk.closed.text', { hours: hoursText(o) });
    return html`
      <div class="k-body">
        <div class="k-message">
          <h1>${t(stopped ? 'kiosk.stopped' : 'kiosk.closed')}</h1>
          ${o.day_name_zh && html`<p class="badge badge-warn">${o.day_name_zh}</p>`}
          <p>${text}</p>
          ${pass && html`
            <${Qr} svg=${pass.qr_svg} label=${t('kiosk.phone_book')} />
            <p>${t('kiosk.phone_book')}</p>
          `}
          <p class="muted num">${o.phone}</p>
        </div>
      </div>
    `;
}

const EMPTY = { service: 0, more: /** @type {number[]} */ ([]), card: '', courtesy: false };

/** What the printer gets: stands beside the page, shown only on paper. @type {{value: any}} */
const paper = signal(/** @type {any} */ (null));

/**
 * Prints a slip; false: no printer is set up at this outlet.
 * @param {any} ticket @param {string} how @returns {Promise<boolean>}
 */
async function printSlip(ticket, how) {
    if (how === 'server')
        return !!(await post(`/api/tickets/id/${ticket.id}/print`, {}, { tries: 1 })).printed;
    paper.value = ticket;
    await new Promise((done) => setTimeout(done, 100)); /* drawn before it is printed */
    print();
    return true;
}

/** @param {{outlet: any}} p */
function Kiosk({ outlet }) {
    const [feed] = useState(() =>
        live({
            url: `/api/outlets/${outlet.id}`,
            stream: `/api/outlets/${outlet.id}/stream`,
            debounce_ms: 500,
            poll_ms: 30000,
        }),
    );
    const [pass, setPass] = useState(/** @type {any} */ (null));
    const [visit, setVisit] = useState(EMPTY);
    const [ticket, setTicket] = useState(/** @type {any} */ (null));
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState(/** @type {Problem|null} */ (null));
    const [idle, setIdle] = useState(0);
    const [paperState, setPaperState] = useState('');
    const key = useRef(newKey());
    const o = feed.data.value;

    const reset = () => {
        setVisit(EMPTY);
        setTicket(null);
        setError(null);
        setIdle(0);
        key.current = newKey();
        large.value = true;
        if (lang.value !== home_lang) setLang(home_lang);
        scrollTo(0, 0);
    };
    useCardReader((text) => !ticket && setVisit((v) => ({ ...v, card: text })));
    useEffect(() => {
        const load = () => get(`/api/outlets/${outlet.id}/pass`).then(setPass, () => {});
        load();
        const timer = setInterval(load, 600000);
        return () => clearInterval(timer);
    }, []);
    useEffect(() => {
        const seen = () => setIdle(0);
        const timer = setInterval(() => setIdle((n) => n + 1), 1000);
        for (const e of ['pointerdown', 'keydown', 'scroll'])
            addEventListener(e, seen, { passive: true });
        return () => {
            clearInterval(timer);
            for (const e of ['pointerdown', 'keydown', 'scroll']) removeEventListener(e, seen);
        };
    }, []);
    const untouched = !visit.service && !visit.card && !visit.courtesy && lang.value === home_lang;
    useEffect(() => {
        if (idle >= IDLE_S && !ticket && !busy && !untouched) reset();
    }, [idle]);

    /** Prints and says how it went. @param {any} k @param {string} how */
    const printed = (k, how) =>
        printSlip(k, how).then(
            (yes) => setPaperState(yes ? 'printed' : 'none'),
            () => setPaperState('failed'),
        );
    const take = async () => {
        setPaperState('');
        setBusy(true);
        setError(null);
        try {
            const k = await post(
                `/api/outlets/${outlet.id}/tickets`,
                {
                    service_id: visit.service,
                    ...(visit.more.length ? { more_service_ids: visit.more } : {}),
                    ...(visit.card ? { card: visit.card } : {}),
                    ...(visit.courtesy ? { courtesy: true } : {}),
                },
                { key: key.current },
            );
            setTicket(k);
            setVisit(EMPTY);
            scrollTo(0, 0);
            if (PRINT !== 'off') printed(k, PRINT);
        } catch (e) {
            const p = /** @type {Problem} */ (e);
            if (!p.network)
                /* an unanswered order keeps its key: sent again, it gives the same number */
                key.current = newKey();
            setError(p);
            feed.refresh();
        } finally {
            setBusy(false);
        }
    };
    if (!o)
        return feed.error.value
            ? html`<${ProblemView} problem=${feed.error.value} onRetry=${feed.refresh} />`
            : html`<${Loading} />`;
    const open = o.open_now && o.issuing;
    const body = ticket
        ? html`
            <${Slip}
                key=${ticket.id} ticket=${ticket} onDone=${reset} paper=${paperState}
                onPrint=${() =>
                    printed(
                        ticket,
                        paperState === 'printed' && PRINT === 'server' ? 'server' : 'page',
                    )} />
          `
        : !open
          ? html`<${Closed} o=${o} pass=${pass} />`
          : visit.service
            ? html`
                <${Confirm}
                    o=${o} visit=${visit} set=${setVisit} busy=${busy} error=${error} pass=${pass}
                    onTake=${take} onDone=${reset}
                    onBack=${() => {
                        setVisit({ ...visit, service: 0, more: [] });
                        setError(null);
                    }} />
              `
            : html`
                <div class="k-body">
                  <div class="k-title">
                    <h1>${t('kiosk.choose')}</h1>
                    <p>${t('kiosk.choose.sub')}</p>
                  </div>
                  <div class="k-tiles">
                    ${o.services.map(
                        (/** @type {any} */ s) =>
                            html`
                              <${Tile}
                                  key=${s.id} service=${s} disabled=${false}
                                  onPick=${() => {
                                      setVisit({ ...visit, service: s.id });
                                      scrollTo(0, 0);
                                  }} />
                            `,
                    )}
                  </div>
                  <${Options} visit=${visit} set=${setVisit} pass=${pass} code=${o.code} />
                </div>
              `;
    const left = IDLE_S - idle;
    return html`
      <header class="k-head">
        <div class="bank">
          <${Mark} />
          <div>${info.value ? pick(info.value, 'bank') : ''}<small>${pick(o)}</small></div>
        </div>
        <div class="time"><b>${time(now.value)}</b><span>${day(now.value)}</span></div>
        <div class="row"><${LargeButton} /><${LanguageButton} /></div>
      </header>
      ${body}
      ${!ticket && !untouched && !busy && left <= WARN_S && left > 0 && html`
        <div class="toasts">
          <div class="toast" role="alert">
            <span><strong>${t('kiosk.still')}</strong> ${t('kiosk.still.text', { n: left })}</span>
            <button type="button" onClick=${() => setIdle(0)}>${t('kiosk.still.yes')}</button>
          </div>
        </div>
      `}
      <${Offline} />
    `;
}

/** Covers all when the server is gone: a customer must not wait for a number that cannot come. */
function Offline() {
    const lost = connection.value === 'lost';
    const [late, setLate] = useState(false);
    useEffect(() => {
        if (!lost) {
            setLate(false);
            return undefined;
        }
        const timer = setTimeout(() => setLate(true), 2500);
        return () => clearTimeout(timer);
    }, [lost]);
    if (!late) return null;
    return html`
      <div class="k-offline" role="alertdialog" aria-label=${t('kiosk.offline')}>
        <div>
          <div class="spinner"></div>
          <h1>
            ${tIn('zh', 'kiosk.offline')}
            <small lang="en">${tIn('en', 'kiosk.offline')}</small>
          </h1>
          <p>${tIn('zh', 'kiosk.offline.text')}</p>
          <p>${tIn('en', 'kiosk.offline.text')}</p>
        </div>
      </div>
    `;
}

mount(
    () => html`
      <${Shell} title=${t('kiosk.title')} bare class="kiosk">
        <${WithOutlet}>
          ${(/** @type {any} */ o) =>
              html`
                <${NeedRole} roles=${ROLES} outlet=${o}><${Kiosk} outlet=${o} key=${o.id} /><//>
              `}
        <//>
      <//>
      <div class="print-only">${paper.value && html`<${Paper} ticket=${paper.value} />`}</div>
    `,
);
