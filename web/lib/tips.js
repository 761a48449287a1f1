// tips.js -- Tips for new and complex business: what to bring, how it goes, where else.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get } from './api.js';

/** The lines of a text as a list. @param {string} text */
const lines = (text) =>
    text
        .split('\n')
        .map((x) => x.trim())
        .filter(Boolean);

/** @param {{tip: any}} p */
export function Tip({ tip: x }) {
    return html`
      <article class="card stack-s tip">
        <h3>
          <span class=${'badge ' + (x.kind === 'new' ? 'badge-ok' : '')}>
            ${t('tip.' + x.kind)}
          </span>
          ${' '}
          ${pick(x, 'title')}
        </h3>
        ${pick(x, 'bring') && html`
          <p><strong>${t('tip.bring')}${t('colon')}</strong> ${pick(x, 'bring')}</p>
        `}
        ${pick(x, 'steps') && html`
          <div>
            <strong>${t('tip.steps')}</strong>
            <ol class="tip-steps">
              ${lines(pick(x, 'steps')).map((s, i) => html`<li key=${i}>${s}</li>`)}
            </ol>
          </div>
        `}
        ${pick(x, 'elsewhere') && html`
          <p><strong>${t('tip.else')}${t('colon')}</strong> ${pick(x, 'elsewhere')}</p>
        `}
      </article>
    `;
}

/** All tips, or those of a service. @param {{service: number}} p */
export function Tips({ service }) {
    const [items, setItems] = useState(/** @type {any[]} */ ([]));
    useEffect(() => {
        get('/api/tips' + (service ? '?service=' + service : '')).then(
            (a) => setItems(a.items),
            () => setItems([]),
        );
    }, [service]);
    if (!items.length) return null;
    return html`
      <section class="stack" aria-labelledby="tips">
        <h2 id="tips">${t('tip.title')}</h2>
        <div class="tips">${items.map((x) => html`<${Tip} key=${x.id} tip=${x} />`)}</div>
      </section>
    `;
}
