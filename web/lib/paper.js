// paper.js -- The slip as it is printed, 80 mm wide: on its own page, and inside the kiosk's.
import { html } from './vendor.js';
import { t, tIn, pick } from './texts.js';
import { info } from './api.js';
import { Qr } from './ui.js';
import { dateTime, range, time } from './format.js';

/** @param {{ticket: any}} p ticket: with place, the outlet it is for, while it is a place held there */
export function Paper({ ticket: k }) {
    const held = k.state === 'booked' && k.booking && k.place;
    return html`
      <section class="slip">
        <h1 class="bank">${info.value ? pick(info.value, 'bank') : ''}</h1>
        <p>${pick(k.outlet)}</p>
        <p class="number">${k.number}</p>
        <p class="service">${k.services.map((/** @type {any} */ s) => pick(s)).join(' + ')}</p>
        ${
          held
              ? html`
                  <p class="service">
                    ${t('quick.held.until', {
                        at: time(k.booking.slot_ms),
                        until: time(k.booking.until_ms),
                    })}
                  </p>
                  <p>${pick(k.place, 'address')}</p>
                  <p class="rule">${t('quick.held.checkin')}</p>
                `
              : html`
                  <dl>
                    <dt>${t('kiosk.ahead')}${t('kiosk.ahead.class', { class: pick(k.class) })}</dt>
                    <dd>
                      ${k.ahead_class === null ? '—' : t('kiosk.ahead.value', { n: k.ahead_class })}
                    </dd>
                    <dt>${t('kiosk.forecast')}</dt>
                    <dd>${range(k.forecast_at_take || k.forecast)}</dd>
                    <dt>${t('slip.taken')}</dt>
                    <dd>${dateTime(k.taken_ms)}</dd>
                    ${k.courtesy && html`<dt>${t('slip.courtesy')}</dt><dd>✓</dd>`}
                  </dl>
                `
        }
        ${pick(k.service, 'documents') && html`
          <p class="docs">
            <b>${t('kiosk.documents')}${t('colon')}</b>
            ${pick(k.service, 'documents')}
          </p>
        `}
        ${k.qr_svg && html`
          <${Qr} svg=${k.qr_svg} label=${t('kiosk.scan')} />
          <p>${t(held ? 'quick.take' : 'kiosk.scan')}</p>
        `}
        <p>${t('slip.keep')}</p>
        ${info.value && info.value.demo && html`
          <p>${tIn('zh', 'demo.ribbon')}<br />${tIn('en', 'demo.ribbon')}</p>
        `}
      </section>
    `;
}
