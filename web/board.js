// The board 叫号屏: a wall display with voice. It speaks from the events themselves, so a call is heard
// once, whatever the picture is doing; the picture comes from the snapshot.
import { html, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { info, session, get, signInDevice, loadSession } from './lib/api.js';
import { live, loadInfo, now } from './lib/live.js';
import {
    Shell,
    Loading,
    ProblemView,
    Mark,
    Qr,
    LanguageButton,
    mount,
    stayAwake,
    toastProblem,
    param,
} from './lib/ui.js';
import { WithOutlet } from './lib/outlet.js';
import { voice, start, announce, keepVoice } from './lib/voice.js';
import { time, day, range } from './lib/format.js';

signInDevice()
    .then(loadSession)
    .catch(() => {
        session.value = session.value || { signed_in: false };
    });
loadInfo().catch(toastProblem);
stayAwake();

const TIPS = ['board.tip.1', 'board.tip.2', 'board.tip.3', 'board.tip.4', 'board.tip.5'];

/** @param {{call: any}} p */
function First({ call }) {
    const said = voice.speaking.value;
    const flash = said && said.number === call.number;
    return html`
      <section class=${'b-first ' + (flash ? 'flash' : '')} aria-label=${t('board.now')}>
        <span class="n" data-first>${call.number}</span>
        <span class="to">
          ${t(call.state === 'serving' && !flash ? 'board.state.serving' : 'board.to')}
        </span>
        <span class="w">
          ${t('board.window', { n: call.window })}
          <small>${pick(call, 'window_name')}</small>
        </span>
      </section>
    `;
}

function Tools() {
    return html`
      <div class="tools">
        <button
            type="button" class="btn-bar" aria-pressed=${String(voice.muted.value)}
            onClick=${() => {
                voice.muted.value = !voice.muted.value;
                if (!voice.on.value) start(false);
                keepVoice();
            }}>
          ${t(voice.muted.value ? 'board.unmute' : 'board.mute')}
        </button>
        <label>
          ${t('board.volume')}
          <input
              type="range" min="0" max="1" step="0.1" value=${voice.volume.value}
              onInput=${(/** @type {any} */ e) => {
                  voice.volume.value = Number(e.target.value);
                  keepVoice();
              }} />
        </label>
        <button
            type="button" class="btn-bar" aria-pressed=${String(voice.english.value)}
            onClick=${() => {
                voice.english.value = !voice.english.value;
                keepVoice();
            }}>
          ${t('board.english')}
        </button>
        <${LanguageButton} />
      </div>
    `;
}

function Start() {
    if (voice.on.value || param('sound') === 'off') return null;
    return html`
      <div class="b-start" role="dialog" aria-modal="true" aria-label=${t('board.start')}>
        <div>
          <p>${t('board.start.text')}</p>
          <div class="row">
            <button type="button" class="btn btn-accent" autofocus onClick=${() => start(false)}>
              ${t('board.start')}
            </button>
            <button type="button" class="btn" onClick=${() => start(true)}>
              ${t('board.start.silent')}
            </button>
          </div>
        </div>
      </div>
    `;
}

/** @param {{outlet: any}} p */
function Board({ outlet }) {
    const [feed] = useState(() =>
        live({
            url: `/api/outlets/${outlet.id}/board`,
            stream: `/api/outlets/${outlet.id}/stream`,
            debounce_ms: 150,
            poll_ms: 20000,
            onEvent(topic, data) {
                if (
                    (topic === 'ticket.called' || topic === 'ticket.recalled') &&
                    data.number &&
                    data.window
                )
                    announce({
                        number: data.number,
                        window: Number(data.window),
                        window_name_zh: data.window_name_zh,
                        window_name_en: data.window_name_en,
                    });
            },
        }),
    );
    const [pass, setPass] = useState(/** @type {any} */ (null));
    const signed = session.value && session.value.signed_in;
    useEffect(() => {
        if (!signed) return undefined;
        const load = () => get(`/api/outlets/${outlet.id}/pass`).then(setPass, () => {});
        load();
        const timer = setInterval(load, 600000);
        return () => clearInterval(timer);
    }, [signed]);
    const d = feed.data.value;
    if (!d)
        return feed.error.value
            ? html`<${ProblemView} problem=${feed.error.value} onRetry=${feed.refresh} />`
            : html`<${Loading} />`;
    const said = voice.speaking.value;
    const calling = d.calling.slice(0, 12);
    /* the one being said stands first; else the newest */
    const first =
        said || calling.find((/** @type {any} */ c) => c.state === 'called') || calling[0];
    const rest = calling
        .filter((/** @type {any} */ c) => !first || c.number !== first.number)
        .slice(0, 6);
    const total = d.waiting.reduce(
        (/** @type {number} */ n, /** @type {any} */ w) => n + w.count,
        0,
    );
    return html`
      <header class="b-head">
        <div class="bank">
          <${Mark} />
          ${info.value ? pick(info.value, 'bank') : ''}
          <span>${pick(d.outlet)}</span>
        </div>
        <${Tools} />
        <div class="time"><b>${time(now.value)}</b><small>${day(now.value)}</small></div>
      </header>
      ${
        !d.day.open
            ? html`<div class="b-notice">${t('board.closed')}</div>`
            : !d.day.issuing && html`<div class="b-notice">${t('board.stopped')}</div>`
      }
      ${voice.on.value && !voice.muted.value && !voice.chinese.value && html`
        <div class="b-notice">${t('board.novoice')}</div>
      `}
      <div class="b-main">
        <div class="b-left">
          <h1 class="sr-only">${t('board.now')}</h1>
          <div role="status" aria-live="polite">
            ${
              first
                  ? html`<${First} call=${first} />`
                  : html`<div class="b-empty">${t('board.nobody')}</div>`
            }
          </div>
          <ul class="b-list" aria-label=${t('board.now')}>
            ${rest.map(
                (/** @type {any} */ c) => html`
                  <li key=${c.number + c.window} class=${c.state}>
                    <span class="n">${c.number}</span>
                    <span class="w">
                      ${t('board.window', { n: c.window })}
                      <small>${t('board.state.' + c.state)}</small>
                    </span>
                  </li>
                `,
            )}
          </ul>
          <ul class="b-windows" aria-label=${t('board.where')}>
            ${d.windows.slice(0, 10).map(
                (/** @type {any} */ w) => html`
                  <li
                      key=${w.number}
                      class=${w.state === 'paused' || w.state === 'closed' ? 'off' : ''}>
                    <b>${w.number}</b>
                    <span><span class="sr-only">${pick(w)} </span>${t('board.w.' + w.state)}</span>
                    <span
                        class=${
                          'dot ' +
                          (w.state === 'closed' ? '' : w.state === 'paused' ? 'dot-warn' : 'dot-ok')
                        }
                        aria-hidden="true"></span>
                  </li>
                `,
            )}
          </ul>
        </div>
        <div class="b-right">
          <section class=${'b-panel b-queue ' + (d.waiting.length > 6 ? 'dense' : '')}>
            <h2>${t('board.queue')}<span>${t('board.total', { n: total })}</span></h2>
            <table>
              <thead>
                <tr>
                  <th scope="col">${t('board.service')}</th>
                  <th scope="col" class="r">${t('board.people')}</th>
                  <th scope="col" class="r">${t('board.forecast')}</th>
                </tr>
              </thead>
              <tbody>
                ${d.waiting.map(
                    (/** @type {any} */ w) => html`
                      <tr key=${w.prefix}>
                        <th scope="row">
                          <span class="svc">
                            <span class="letter" aria-hidden="true">${w.prefix}</span>
                            ${pick(w)}
                          </span>
                        </th>
                        <td class="r c">${w.count}</td>
                        <td class="r">${w.count && w.forecast ? range(w.forecast) : '—'}</td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          </section>
          <section class="b-panel b-foot">
            <div class="passed">
              <h2>${t('board.passed')}</h2>
              ${
                d.passed.length
                    ? d.passed
                          .slice(0, 4)
                          .map((/** @type {string} */ n) => html`<b key=${n}>${n}</b>`)
                    : '—'
              }
              <small>${t('board.passed.hint')}</small>
            </div>
            ${pass && html`
              <div class="join"><${Qr} svg=${pass.qr_svg} label=${t('board.join')} /></div>
            `}
          </section>
        </div>
      </div>
      <div class="b-tips">
        <span>
          ${[0, 1].map(
              (half) =>
                  html`
                    <span key=${half} aria-hidden=${half ? 'true' : undefined}>
                      ${TIPS.map((k) => html`<i key=${k}>${t(k)}</i>`)}
                    </span>
                  `,
          )}
        </span>
      </div>
      <${Start} />
    `;
}

mount(
    () => html`
      <${Shell} title=${t('board.title')} bare class="board">
        <${WithOutlet}>${(/** @type {any} */ o) => html`<${Board} outlet=${o} key=${o.id} />`}<//>
      <//>
    `,
);
