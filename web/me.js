// The phone page 我的: join the queue by the QR code in the lobby, follow one's place, book a visit.
//
//   /me.html?o=CODE#PASS   take a number (the pass changes daily, it is on the kiosk and the board)
//   /me.html#TOKEN         one ticket (the QR on the slip);  /me.html?o=CODE&book=1  book a visit at an outlet
// Tokens are kept in this phone only. After sleep the page asks again at once.
import { html, signal, useEffect, useRef, useState } from './lib/vendor.js';
import { t, lang, pick } from './lib/texts.js';
import { get, post, newKey, Problem } from './lib/api.js';
import { live, loadInfo, now, serverNow } from './lib/live.js';
import {
    Shell,
    Loading,
    ProblemView,
    StateBadge,
    Field,
    mount,
    ask,
    toast,
    toastProblem,
    param,
} from './lib/ui.js';
import { OutletList } from './lib/outlet.js';
import { Quicker } from './lib/quicker.js';
import {
    time,
    day,
    duration,
    range,
    rangeWords,
    queueText,
    dateOf,
    addDays,
    noonOf,
    since,
    stopwatch,
} from './lib/format.js';

/* ---- tokens kept in this phone ---- */
const KEEP = 'piaohao.tickets';
/** @typedef {{token: string, first: number, notify: number, at: number}} Kept */
/** @type {{value: Kept[]}} */
const kept = signal([]);
function readKept() {
    try {
        const list = JSON.parse(localStorage.getItem(KEEP) || '[]');
        kept.value = Array.isArray(list)
            ? list.filter((x) => x && typeof x.token === 'string').slice(0, 20)
            : [];
    } catch {
        kept.value = [];
    }
}
readKept();
addEventListener('storage', (e) => e.key === KEEP && readKept());
/** @param {Kept[]} list */
function writeKept(list) {
    kept.value = list.slice(0, 20);
    try {
        localStorage.setItem(KEEP, JSON.stringify(kept.value));
    } catch {
        /* private browsing: the ticket lives as long as the page */
    }
}
/** @param {string} token @param {Partial<Kept>} [more] */
function keepTicket(token, more = {}) {
    const old = kept.value.find((x) => x.token === token);
    writeKept([
        { token, first: 0, notify: 0, at: Date.now(), ...old, ...more },
        ...kept.value.filter((x) => x.token !== token),
    ]);
}
/** @param {string} token */
const dropTicket = (token) => writeKept(kept.value.filter((x) => x.token !== token));

/* ---- where the page is: kept in the address, so that Back works ---- */
const word = () => decodeURIComponent(location.hash.slice(1));
const tokenOf = () => (param('o') ? '' : word());
const passOf = () => (param('o') ? word() : '');
/** @type {{value: {view: string, token?: string, pass?: string}}} */
const place = signal({ view: 'home' });
function readPlace() {
    const token = tokenOf();
    const pass = passOf();
    place.value = token
        ? { view: 'ticket', token }
        : pass && param('o')
          ? { view: 'join', pass }
          : param('book')
            ? { view: 'book' }
            : { view: 'home' };
}
readPlace();
addEventListener('hashchange', readPlace);
addEventListener('popstate', readPlace);
/** @param {string} to */
function go(to) {
    history.pushState(null, '', to);
    readPlace();
    scrollTo(0, 0);
}
/** To where one's numbers are. */
const Back = () => html`
  <p>
    <a
        class="btn btn-quiet btn-small" href="/me.html"
        onClick=${(/** @type {any} */ e) => {
            e.preventDefault();
            go('/me.html');
        }}>
      ‹ ${t('me.home')}
    </a>
  </p>
`;

/* ---- being told: sound, vibration, the page's title ---- */
/** @type {AudioContext|null} */
let audio = null;
function unlockSound() {
    try {
        audio = audio || new AudioContext();
        audio.resume();
    } catch {
        /* silent phone */
    }
}
/** @param {boolean} strong */
function alertUser(strong) {
    if (navigator.vibrate) navigator.vibrate(strong ? [400, 150, 400, 150, 800] : [200, 100, 200]);
    if (!audio) return;
    const a = audio;
    for (let i = 0; i < (strong ? 4 : 2); i++) {
        const o = a.createOscillator(),
            g = a.createGain();
        o.frequency.value = i % 2 ? 880 : 660;
        g.gain.setValueAtTime(0.0001, a.currentTime + i * 0.3);
        g.gain.exponentialRampToValueAtTime(0.4, a.currentTime + i * 0.3 + 0.03);
        g.gain.exponentialRampToValueAtTime(0.0001, a.currentTime + i * 0.3 + 0.28);
        o.connect(g).connect(a.destination);
        o.start(a.currentTime + i * 0.3);
        o.stop(a.currentTime + i * 0.3 + 0.3);
    }
}

/* ---- one ticket ---- */
const Person = ({ you = false }) =>
    html`
      <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" class=${you ? 'you' : ''}>
        <circle cx="12" cy="7" r="4" />
        <path d="M4 22c0-5 3.5-9 8-9s8 4 8 9z" />
      </svg>
    `;

/** The ring: how much of the queue that was before me is gone. @param {{ahead: number, first: number}} p */
function Ring({ ahead, first }) {
    const round = 2 * Math.PI * 44;
    const part = first > 0 ? Math.min(1, Math.max(0.02, 1 - ahead / (first + 1))) : 1;
    return html`
      <div class="t-ring">
        <svg viewBox="0 0 100 100" fill="none" stroke-width="8" aria-hidden="true">
          <circle class="back" cx="50" cy="50" r="44" />
          <circle
              class="fore" cx="50" cy="50" r="44" stroke-linecap="round" stroke-dasharray=${round}
              stroke-dashoffset=${round * (1 - part)} />
        </svg>
        <div class="in">
          ${
            ahead === 0
                ? html`<b class="word">${t('me.next')}</b>`
                : html`
                    <span class="muted">${t('me.ahead')}</span>
                    <b data-ahead>${ahead}</b>
                    <span class="muted">${t('me.ahead.unit', { n: ahead })}</span>
                  `
          }
        </div>
      </div>
      <div class="t-people" aria-hidden="true">
        ${Array.from({ length: Math.min(ahead, 8) }, (_, i) => html`<${Person} key=${i} />`)}
        ${ahead > 8 && html`<span>+${ahead - 8}</span>`}
        <${Person} you />
      </div>
    `;
}

/** @param {{k: any}} p */
function Steps({ k }) {
    const names = k.booking
        ? ['booked', 'checkin', 'waiting', 'called', 'serving', 'done']
        : ['taken', 'waiting', 'called', 'serving', 'done'];
    const at =
        k.state === 'booked'
            ? 'checkin'
            : k.state === 'parked' || k.state === 'transferred'
              ? 'waiting'
              : k.state;
    const i = names.indexOf(at);
    return html`
      <ol class="t-steps">
        ${names.map(
            (n, j) => html`
              <li
                  key=${n} class=${k.state === 'done' || j < i ? 'past' : j === i ? 'now' : ''}
                  aria-current=${j === i ? 'step' : undefined}>
                ${t('me.step.' + n)}
              </li>
            `,
        )}
      </ol>
    `;
}

/** @param {{k: any}} p */
function Details({ k }) {
    return html`
      <section class="card">
        <dl class="t-info">
          ${k.services.length > 1 && html`
            <div>
              <dt>${t('me.services')}</dt>
              <dd>
                ${k.services.map(
                    (/** @type {any} */ s) =>
                        html`
                          <div key=${s.id} class="row row-between">
                            <span>${pick(s)}</span>
                            <span class="badge">${t('me.s.' + s.state)}</span>
                          </div>
                        `,
                )}
              </dd>
            </div>
          `}
          ${pick(k.service, 'documents') && html`
            <div><dt>${t('me.documents')}</dt><dd>${pick(k.service, 'documents')}</dd></div>
          `}
          ${pick(k.service, 'machine') && html`
            <div><dt>${t('me.machine')}</dt><dd>${pick(k.service, 'machine')}</dd></div>
          `}
          <div>
            <dt>${pick(k.outlet)}</dt>
            <dd>
              ${
                k.taken_ms
                    ? t(k.booking ? 'me.booked_at' : 'me.taken', { time: time(k.taken_ms) })
                    : ''
              } · ${pick(k.class)}
            </dd>
          </div>
        </dl>
      </section>
    `;
}

/** @param {{k: any, act: (what: string, body?: any) => Promise<any>}} p */
function Booked({ k, act }) {
    const [move, setMove] = useState(false);
    const b = k.booking;
    const at = now.value;
    const early = at < b.from_ms,
        late = at > b.until_ms;
    if (move)
        return html`
          <${Slots}
              outlet=${k.outlet.id} service=${k.service.id} goText=${t('me.reschedule')}
              onBack=${() => setMove(false)}
              onGo=${async (/** @type {number} */ slot_ms) => {
                  await act('reschedule', { slot_ms });
                  toast(t('me.reschedule.done'), 'ok');
                  setMove(false);
              }} />
        `;
    return html`
      <section class="card t-card">
        <p class="muted">${pick(k.service)} · ${pick(k.outlet)}</p>
        <h1>${day(b.slot_ms)} ${time(b.slot_ms)}</h1>
        <p class="t-number">${k.number}</p>
        <p class="muted">
          ${t('me.booking.window', { from: time(b.from_ms), until: time(b.until_ms) })}
        </p>
        <${Steps} k=${k} />
      </section>
      <div class="t-actions">
        <button
            type="button" class="btn btn-primary btn-big" disabled=${early || late}
            onClick=${() => act('checkin').then((r) => r && toast(t('me.checkin.done'), 'ok'))}>
          ${t('me.checkin')}
        </button>
        ${(early || late) && html`
          <p class="center muted">${t(early ? 'me.checkin.early' : 'me.checkin.late')}</p>
        `}
        ${k.source !== 'guided' && html`
          <button type="button" class="btn" onClick=${() => setMove(true)}>
            ${t('me.reschedule')}
          </button>
        `}
        <button
            type="button" class="btn btn-danger"
            onClick=${async () => {
                if (
                    await ask({
                        title: t('me.cancel.sure'),
                        yes: t('me.cancel.yes'),
                        no: t('dialog.back'),
                        danger: true,
                    })
                )
                    act('cancel');
            }}>
          ${t('me.cancel')}
        </button>
      </div>
    `;
}

/**
 * A place is held at another outlet: its page instead of this number's. Also for a page that is loaded again, or a
 * phone that never heard the answer. @param {any} k @param {string} old
 */
function tookPlace(k, old) {
    if (tokenOf() !== old) return; /* told twice: by the answer and by the live page */
    keepTicket(k.token);
    dropTicket(old);
    toast(t('quick.held.now', { name: pick(k.outlet) }), 'ok');
    history.replaceState(
        null,
        '',
        '/me.html#' + k.token,
    ); /* Back leads home, not to the old number */
    readPlace();
    scrollTo(0, 0);
}

/** @param {{k: any, act: (what: string, body?: any) => Promise<any>, mine: Kept|undefined}} p */
function Waiting({ k, act, mine }) {
    const notify = mine ? mine.notify : 0;
    const f = k.forecast;
    const late =
        k.forecast_at_take &&
        since(k.since_ms, now.value) > Math.max(k.forecast_at_take.high_s, 60) + 60;
    const set = (/** @type {number} */ n) => {
        unlockSound();
        keepTicket(mine ? mine.token : '', { notify: n });
        if (n) act('notify', { ahead: n });
    };
    return html`
      <section class="card t-card">
        <p class="muted">${pick(k.service)} · ${pick(k.outlet)}</p>
        <h1 class="t-number">${k.number}</h1>
        ${
          k.ahead === null
              ? null
              : html`<${Ring} ahead=${k.ahead} first=${Math.max(mine ? mine.first : 0, k.ahead)} />`
        }
        <div class="t-facts">
          <div><div class="l">${t('me.forecast')}</div><div class="v">${range(f)}</div></div>
          <div>
            <div class="l">${t('me.waited')}</div>
            <div class="v num">${stopwatch(since(k.since_ms, now.value))}</div>
          </div>
        </div>
        ${rangeWords(f) && html`<p class="small">${rangeWords(f)}</p>`}
        ${f && html`
          <p class="small muted">
            ${t('me.by', {
                from: time(now.value + f.low_s * 1000),
                to: time(now.value + f.high_s * 1000),
            })}
          </p>
        `}
        ${late && html`
          <p class="banner banner-warn small" role="status">
            ${t('me.late', { n: Math.ceil(k.forecast_at_take.high_s / 60) })}
          </p>
        `}
        ${f && f.told_ms && now.value - f.told_ms > 120000 && html`
          <p class="small muted">${t('me.told.age', { time: time(f.told_ms) })}</p>
        `}
        ${k.ahead_class !== null && k.ahead_class !== k.ahead && html`
          <p class="small muted">
            ${pick(k.class)} · ${t('me.ahead.class', { n: k.ahead_class + 1 })}
          </p>
        `}
      </section>
      <${Quicker}
          code=${k.outlet.code} service=${k.service.id} token=${k.token}
          onHeld=${(/** @type {any} */ there) => tookPlace(there, k.token)} />
      <section class="card stack-s"><${Steps} k=${k} /></section>
      <section class="card stack-s" aria-labelledby="notify">
        <h2 id="notify">${t('me.notify')}</h2>
        <div class="row-s">
          ${[1, 3, 5].map(
              (n) =>
                  html`
                    <button
                        key=${n} type="button"
                        class=${'btn btn-small ' + (notify === n ? 'btn-primary' : '')}
                        aria-pressed=${String(notify === n)} onClick=${() => set(n)}>
                      ${t('me.notify.when', { n })}
                    </button>
                  `,
          )}
          ${notify > 0 && html`
            <button type="button" class="btn btn-quiet btn-small" onClick=${() => set(0)}>
              ${t('me.notify.off')}
            </button>
          `}
        </div>
        ${notify > 0 && html`<p class="small muted">${t('me.notify.on', { n: notify })}</p>`}
      </section>
    `;
}

/** @param {{token: string}} p */
function Ticket({ token }) {
    const [feed] = useState(() =>
        live({
            url: '/api/tickets/' + encodeURIComponent(token),
            stream: `/api/tickets/${encodeURIComponent(token)}/stream`,
            debounce_ms: 250,
            poll_ms: 15000,
        }),
    );
    useEffect(() => feed.close, []);
    const k = feed.data.value;
    const mine = kept.value.find((x) => x.token === token);
    const told = useRef('');
    useEffect(() => {
        if (!k) return;
        if (k.went) return tookPlace(k.went, token);
        if (!mine || (k.ahead !== null && k.ahead > mine.first))
            keepTicket(token, { first: Math.max(k.ahead || 0, mine ? mine.first : 0) });
        const near =
            k.state === 'waiting' &&
            mine &&
            mine.notify > 0 &&
            k.ahead !== null &&
            k.ahead <= mine.notify;
        const mark =
            k.state === 'called'
                ? `called${k.window ? k.window.number : ''}.${k.recalls}`
                : near
                  ? 'near'
                  : '';
        if (mark && mark !== told.current) {
            alertUser(k.state === 'called');
            if (near) toast(t('me.near'), 'ok', 10000);
        }
        told.current = mark;
        document.title =
            k.state === 'called' && k.window
                ? '🔔 ' + t('me.called', { n: k.window.number })
                : k.state === 'waiting' && k.ahead !== null
                  ? `${near ? '🔔 ' : ''}(${k.ahead}) ${k.number}`
                  : k.number;
    }, [k, lang.value]);

    /** @param {string} what @param {any} [body] */
    const act = async (what, body = {}) => {
        try {
            const r = await post(`/api/tickets/${encodeURIComponent(token)}/${what}`, body, {
                key: newKey(),
            });
            await feed.refresh();
            return r;
        } catch (e) {
            toastProblem(e);
            await feed.refresh();
            return null;
        }
    };
    const back = html`<${Back} />`;
    if (!k && feed.error.value)
        return html`
          <div class="me">
            ${back}
            <${ProblemView} problem=${feed.error.value} onRetry=${feed.refresh}>
              ${feed.error.value.status === 404 && html`
                <button
                    type="button" class="btn"
                    onClick=${() => {
                        dropTicket(token);
                        go('/me.html');
                    }}>
                  ${t('me.forget')}
                </button>
              `}
            <//>
          </div>
        `;
    if (!k) return html`<${Loading} />`;
    const over = ['done', 'no_show', 'left', 'void'].includes(k.state);
    return html`
      <div class="me">
        ${back}
        ${
          k.state === 'booked'
              ? html`<${Booked} k=${k} act=${act} />`
              : k.state === 'waiting' || k.state === 'transferred'
                ? html`<${Waiting} k=${k} act=${act} mine=${mine} />`
                : k.state === 'called' || k.state === 'serving'
                  ? html`
                      <section
                          class=${'card t-card t-call ' + (k.state === 'called' ? 'pulse' : '')}
                          role="alert">
                        <p>${pick(k.service)} · ${pick(k.outlet)}</p>
                        <p class="t-number">${k.number}</p>
                        <h1>
                          ${t(k.state === 'called' ? 'me.called' : 'me.serving', {
                              n: k.window ? k.window.number : '',
                          })}
                        </h1>
                        ${k.window && html`<p>${pick(k.window)}</p>`}
                        ${k.state === 'called' && html`<p>${t('me.called.hint')}</p>`}
                      </section>
                      <section class="card"><${Steps} k=${k} /></section>
                    `
                  : html`
                      <section class="card t-card stack-s">
                        <p class="muted">${pick(k.service)} · ${pick(k.outlet)}</p>
                        <h1 class="t-number">${k.number}</h1>
                        <p><${StateBadge} state=${k.state} /></p>
                        <p>
                          ${t(
                              k.booking && !k.booking.checked_in && k.state === 'left'
                                  ? 'me.cancelled'
                                  : 'me.' + k.state,
                          )}
                        </p>
                        ${k.reason && k.state === 'void' && html`
                          <p class="small muted">${t('me.reason', { reason: k.reason })}</p>
                        `}
                      </section>
                    `
        }
        ${!over && html`<${Details} k=${k} />`}
        ${!over && html`
          <p class="row-s">
            <a
                class="btn btn-small btn-quiet"
                href=${`/flow.html?o=${k.outlet.code}&service=${k.service.id}`}>
              ${t('flow.open')}
            </a>
            <a
                class="btn btn-small btn-quiet"
                href=${`/map.html?o=${k.outlet.code}&service=${k.service.id}`}>
              ${t('flow.to_map')}
            </a>
          </p>
        `}
        ${(k.state === 'waiting' || k.state === 'parked' || k.state === 'transferred') && html`
          <button
              type="button" class="btn btn-danger"
              onClick=${async () => {
                  if (
                      await ask({
                          title: t('me.leave.sure', { number: k.number }),
                          text: t('me.leave.text'),
                          yes: t('me.leave.yes'),
                          danger: true,
                      })
                  )
                      act('leave');
              }}>
            ${t('me.leave')}
          </button>
        `}
        ${over && html`
          <button
              type="button" class="btn"
              onClick=${() => {
                  dropTicket(token);
                  go('/me.html');
              }}>
            ${t('me.forget')}
          </button>
        `}
      </div>
    `;
}

/* ---- services of an outlet, as cards ---- */
/** @param {{services: any[], value: number, onPick: (id: number) => void}} p */
const Services = ({ services, value, onPick }) =>
    html`
      <div class="pick">
        ${services.map((s) => {
            const q = queueText(s);
            return html`
              <button
                  key=${s.id} type="button" class="card card-flat"
                  aria-pressed=${String(value === s.id)} onClick=${() => onPick(s.id)}>
                <span class="row row-between row-nowrap">
                  <strong>${pick(s)}</strong>
                  <span class="small muted right">${q.who}${q.range && ' · ' + q.range}</span>
                </span>
              </button>
            `;
        })}
      </div>
    `;

/** The outlet of the address with its services. */
function useOutlet() {
    const [o, setO] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const load = () => {
        setProblem(null);
        const code = param('o');
        get('/api/outlets')
            .then((d) => {
                const found = d.items.find(
                    (/** @type {any} */ x) => x.code === code || String(x.id) === code,
                );
                return found
                    ? get('/api/outlets/' + found.id).then(setO)
                    : setO({ none: true, items: d.items });
            })
            .catch(setProblem);
    };
    useEffect(load, [place.value]);
    return { o, problem, load };
}

/** @param {string} p @returns {string} */
const phoneError = (p) => (/^1\d{10}$/.test(p.replace(/[\s-]/g, '')) ? '' : t('me.phone.bad'));

/** @param {{pass: string}} p */
function Join({ pass }) {
    const { o, problem, load } = useOutlet();
    const [service, setService] = useState(0);
    const [courtesy, setCourtesy] = useState(false);
    const [phone, setPhone] = useState('');
    const [error, setError] = useState({ field: '', text: '' });
    const [busy, setBusy] = useState(false);
    const key = useRef(newKey());
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!o) return html`<${Loading} />`;
    if (o.none) return html`<${Home} />`;
    const s = o.services.find((/** @type {any} */ x) => x.id === service);
    const take = async () => {
        unlockSound();
        if (phone && phoneError(phone))
            return setError({ field: 'phone', text: phoneError(phone) });
        setBusy(true);
        setError({ field: '', text: '' });
        try {
            const k = await post(
                `/api/outlets/${o.id}/join`,
                {
                    service_id: service,
                    pass,
                    ...(courtesy ? { courtesy } : {}),
                    ...(phone ? { phone: phone.replace(/[\s-]/g, '') } : {}),
                },
                { key: key.current },
            );
            keepTicket(k.token, { first: k.ahead || 0 });
            go('/me.html#' + k.token);
        } catch (e) {
            const p = /** @type {Problem} */ (e);
            if (!p.network) key.current = newKey();
            setError({
                field: p.field === 'phone' ? 'phone' : 'all',
                text: p.code.includes('PASS') ? t('me.join.again') : p.title,
            });
        } finally {
            setBusy(false);
        }
    };
    return html`
      <div class="me">
        <div>
          <p class="muted">${t('me.join.at', { outlet: pick(o) })}</p>
          <h1>${t('me.join.choose')}</h1>
        </div>
        ${
          !o.open_now || !o.issuing
              ? html`
                  <div class="banner banner-warn">
                    ${t(o.open_now ? 'kiosk.stopped' : 'kiosk.closed')}
                  </div>
                  <a class="btn btn-primary" href=${'/me.html?o=' + o.code + '&book=1'}>
                    ${t('me.book')}
                  </a>
                `
              : html`
                  <${Services} services=${o.services} value=${service} onPick=${setService} />
                  ${s && html`
                    <section class="card stack">
                      ${(pick(s, 'documents') || pick(s, 'machine')) && html`
                        <dl class="t-info">
                          ${pick(s, 'documents') && html`
                            <div><dt>${t('me.documents')}</dt><dd>${pick(s, 'documents')}</dd></div>
                          `}
                          ${pick(s, 'machine') && html`
                            <div><dt>${t('me.machine')}</dt><dd>${pick(s, 'machine')}</dd></div>
                          `}
                        </dl>
                      `}
                      <label class="check">
                        <input
                            type="checkbox" checked=${courtesy}
                            onChange=${(/** @type {any} */ e) => setCourtesy(e.target.checked)} />
                        <span>${t('me.courtesy')}</span>
                      </label>
                      <${Field}
                          label=${t('me.phone')} value=${phone} onInput=${setPhone} type="tel"
                          inputmode="numeric" autocomplete="tel-national" maxlength=${13}
                          hint=${t('me.phone.hint')}
                          error=${error.field === 'phone' ? error.text : ''} />
                    </section>
                  `}
                  ${service > 0 && html`
                    <${Quicker}
                        code=${o.code} service=${service} pass=${pass} onHeld=${tookPlace} />
                  `}
                  ${error.field === 'all' && html`
                    <div class="banner banner-danger" role="alert">${error.text}</div>
                  `}
                  <button
                      type="button" class="btn btn-primary btn-big" disabled=${!service || busy}
                      onClick=${take}>
                    ${t(busy ? 'kiosk.taking' : 'me.join.go')}
                  </button>
                  <p class="row-s">
                    <a class="btn btn-small btn-quiet" href=${'/flow.html?o=' + o.code}>
                      ${t('flow.open')}
                    </a>
                    <a class="btn btn-small btn-quiet" href=${'/map.html?o=' + o.code}>
                      ${t('flow.to_map')}
                    </a>
                  </p>
                `
        }
      </div>
    `;
}

/* ---- appointments ---- */
/**
 * Days and slots of a service.
 * @param {{outlet: number, service: number, goText: string, onGo: (slot_ms: number) => Promise<any>, onBack?: () => void, children?: any, ready?: () => boolean}} p
 */
function Slots({ outlet, service, goText, onGo, onBack, children, ready }) {
    const [date, setDate] = useState(dateOf(serverNow()));
    const [list, setList] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const [slot, setSlot] = useState(0);
    const [busy, setBusy] = useState(false);
    const load = () => {
        setProblem(null);
        return get(`/api/outlets/${outlet}/slots?service=${service}&date=${date}`).then((d) => {
            setList({ ...d, date });
            if (d.earliest_date && date < d.earliest_date) setDate(d.earliest_date);
        }, setProblem);
    };
    useEffect(() => {
        setSlot(0);
        load();
    }, [outlet, service, date]);
    const dates = [];
    if (list)
        for (
            let d = list.earliest_date;
            d <= list.latest_date && dates.length < 31;
            d = addDays(d, 1)
        )
            dates.push(d);
    const order = async () => {
        if (ready && !ready()) return;
        setBusy(true);
        try {
            await onGo(slot);
        } catch (e) {
            toastProblem(e);
            load();
        } finally {
            setBusy(false);
        }
    };
    /* what is past, or too near to be booked, is not worth a line */
    const slots =
        list && list.date === date
            ? list.items.filter(
                  (/** @type {any} */ x) => x.slot_ms >= serverNow() + list.min_notice_s * 1000,
              )
            : [];
    const any = slots.some((/** @type {any} */ x) => x.free > 0 && !x.blocked);
    return html`
      <section class="stack" aria-labelledby="slots">
        <h2 id="slots">${t('me.book.date')}</h2>
        ${problem && html`<${ProblemView} problem=${problem} onRetry=${load} />`}
        ${!list && !problem && html`<${Loading} />`}
        ${list && html`
          <div class="days" role="group" aria-label=${t('me.book.date')} tabindex="0">
            ${dates.map(
                (d) => html`
                  <button
                      key=${d} type="button" class="day" aria-pressed=${String(d === date)}
                      onClick=${() => setDate(d)}>
                    ${t('weekday.' + (new Date(noonOf(d)).getUTCDay() || 7))}
                    <b class="num">${Number(d.slice(5, 7))}/${Number(d.slice(8))}</b>
                  </button>
                `,
            )}
          </div>
          <h2>${t('me.book.slot')}</h2>
          ${
            list.date !== date
                ? html`<${Loading} />`
                : html`
                    ${!any && html`<p class="banner banner-warn">${t('me.book.none')}</p>`}
                    <div class="slots">
                      ${slots.map(
                          (/** @type {any} */ x) => html`
                            <button
                                key=${x.slot_ms} type="button" class="slot"
                                disabled=${x.free <= 0 || x.blocked}
                                aria-pressed=${String(slot === x.slot_ms)}
                                onClick=${() => setSlot(x.slot_ms)}>
                              <b>${time(x.slot_ms)}</b>
                              <small>
                                ${
                                  x.blocked
                                      ? (lang.value === 'zh' && x.reason_zh) || t('me.book.blocked')
                                      : x.free > 0
                                        ? t('me.book.free', { n: x.free })
                                        : t('me.book.full')
                                }
                              </small>
                            </button>
                          `,
                      )}
                    </div>
                  `
          }
          <p class="small muted">
            ${t('me.book.rules', {
                early: duration(list.checkin_early_s),
                late: duration(list.checkin_late_s),
            })}
          </p>
        `}
        ${children}
        <div class="t-actions">
          <button
              type="button" class="btn btn-primary btn-big" disabled=${!slot || busy}
              onClick=${order}>
            ${slot ? goText + ' · ' + day(slot) + ' ' + time(slot) : t('me.book.pick')}
          </button>
          ${onBack && html`
            <button type="button" class="btn" onClick=${onBack}>${t('dialog.back')}</button>
          `}
        </div>
      </section>
    `;
}

function Book() {
    const { o, problem, load } = useOutlet();
    const [service, setService] = useState(0);
    const [phone, setPhone] = useState('');
    const [name, setName] = useState('');
    const [error, setError] = useState('');
    const key = useRef(newKey());
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!o) return html`<${Loading} />`;
    if (o.none)
        return html`
          <div class="me">
            <h1>${t('problem.choose')}</h1>
            <${OutletList}
                items=${o.items}
                onPick=${(/** @type {any} */ x) => go(`/me.html?o=${x.code}&book=1`)} />
          </div>
        `;
    const bookable = o.services.filter((/** @type {any} */ s) => s.bookable);
    const s = o.services.find((/** @type {any} */ x) => x.id === service);
    return html`
      <div class="me">
        <${Back} />
        <div class="row row-between">
          <div><h1>${t('me.book')}</h1><p class="muted">${pick(o)}</p></div>
          <button type="button" class="btn btn-small" onClick=${() => go('/me.html?book=1')}>
            ${t('me.change_outlet')}
          </button>
        </div>
        ${
          bookable.length === 0
              ? html`<p class="banner banner-warn">${t('me.book.only')}</p>`
              : html`
                  <h2>${t('me.book.service')}</h2>
                  <div class="pick">
                    ${bookable.map(
                        (/** @type {any} */ x) => html`
                          <button
                              key=${x.id} type="button" class="card card-flat"
                              aria-pressed=${String(service === x.id)}
                              onClick=${() => setService(x.id)}>
                            <strong>${pick(x)}</strong>
                            ${service === x.id && pick(x, 'documents') && html`
                              <span class="small muted">
                                <br />
                                ${t('me.documents')}
                                ${t('colon')}
                                ${pick(x, 'documents')}
                              </span>
                            `}
                          </button>
                        `,
                    )}
                  </div>
                  ${s && html`
                    <${Slots}
                        key=${service} outlet=${o.id} service=${service} goText=${t('me.book.go')}
                        ready=${() => {
                            setError(phoneError(phone));
                            return !phoneError(phone);
                        }}
                        onGo=${async (/** @type {number} */ slot_ms) => {
                            try {
                                const k = await post(
                                    `/api/outlets/${o.id}/bookings`,
                                    {
                                        service_id: service,
                                        slot_ms,
                                        phone: phone.replace(/[\s-]/g, ''),
                                        ...(name ? { name } : {}),
                                    },
                                    { key: key.current },
                                );
                                keepTicket(k.token);
                                go('/me.html#' + k.token);
                            } catch (e) {
                                if (!(/** @type {Problem} */ (e).network)) key.current = newKey();
                                throw e;
                            }
                        }}>
                      <div class="card stack">
                        <h2>${t('me.book.who')}</h2>
                        <${Field}
                            label=${t('me.phone.must')} value=${phone} onInput=${setPhone}
                            type="tel" inputmode="numeric" autocomplete="tel-national"
                            maxlength=${13} required hint=${t('me.phone.hint')} error=${error} />
                        <${Field}
                            label=${t('me.name')} value=${name} onInput=${setName}
                            autocomplete="name" maxlength=${30} />
                      </div>
                    <//>
                  `}
                `
        }
      </div>
    `;
}

/* ---- what this phone holds ---- */
/** @param {{token: string}} p */
function Row({ token }) {
    const [k, setK] = useState(/** @type {any} */ (null));
    const [gone, setGone] = useState(false);
    useEffect(() => {
        let on = true;
        const load = () =>
            get('/api/tickets/' + encodeURIComponent(token)).then(
                (x) => on && setK(x),
                (p) => on && p.status === 404 && setGone(true),
            );
        load();
        const timer = setInterval(load, 15000);
        return () => {
            on = false;
            clearInterval(timer);
        };
    }, [token]);
    return html`
      <a
          class="card card-flat" href=${'/me.html#' + token}
          onClick=${(/** @type {any} */ e) => {
              e.preventDefault();
              go('/me.html#' + token);
          }}>
        ${
          k
              ? html`
                  <span class="row row-between">
                    <strong class="num">${k.number}</strong>
                    <${StateBadge} state=${k.state} />
                  </span>
                  <span class="row row-between small muted">
                    <span>${pick(k.service)} · ${pick(k.outlet)}</span>
                    <span>
                      ${
                        k.state === 'booked'
                            ? day(k.booking.slot_ms) + ' ' + time(k.booking.slot_ms)
                            : k.state === 'waiting' && k.ahead !== null
                              ? t('me.ahead') + ' ' + k.ahead
                              : time(k.taken_ms)
                      }
                    </span>
                  </span>
                `
              : html`<span class="muted">${t(gone ? 'me.gone' : 'loading')}</span>`
        }
      </a>
    `;
}

function Home() {
    const code = param('o');
    return html`
      <div class="me">
        <h1>${t('me.home')}</h1>
        ${kept.value.length === 0 && html`
          <section class="card stack-s">
            <p class="strong">${t('me.none')}</p>
            <p class="muted">${t('me.none.hint')}</p>
          </section>
        `}
        <div class="pick">
          ${kept.value.map((x) => html`<${Row} key=${x.token} token=${x.token} />`)}
        </div>
        <div class="t-actions">
          <a
              class="btn btn-primary btn-big" href="/me.html?book=1"
              onClick=${(/** @type {any} */ e) => {
                  e.preventDefault();
                  go(`/me.html?${code ? 'o=' + encodeURIComponent(code) + '&' : ''}book=1`);
              }}>
            ${t('me.book')}
          </a>
          <a class="btn" href="/">${t('me.outlets')}</a>
        </div>
        ${kept.value.length > 0 && html`<p class="small muted center">${t('me.join.scan')}</p>`}
      </div>
    `;
}

loadInfo().catch(() => {});

function App() {
    const p = place.value;
    return html`
      <${Shell} title=${t('me.title')} account=${false}>
        ${
          p.view === 'ticket'
              ? html`<${Ticket} key=${p.token} token=${p.token} />`
              : p.view === 'join'
                ? html`<${Join} pass=${p.pass} />`
                : p.view === 'book'
                  ? html`<${Book} />`
                  : html`<${Home} />`
        }
      <//>
    `;
}
mount(App);
