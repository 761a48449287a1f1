// account-papers.js -- Statements of an account, to take home: PDF, CSV, camt.053.
import { html, useState } from './vendor.js';
import { t, lang } from './texts.js';
import { Field } from './ui.js';
import { addDays } from './format.js';

const FORMATS = [
    { name: 'pdf', text: 'PDF' },
    { name: 'csv-bom', key: 'acct.statement.csvbom' },
    { name: 'csv', text: 'CSV' },
    { name: 'camt053', text: 'camt.053' },
];

/** @param {any} d */
const periods = (d) => [
    { key: 'acct.period.month', from: addDays(d.business_date, -30) },
    { key: 'acct.period.year', from: d.business_date.slice(0, 4) + '-01-01' },
    { key: 'acct.period.all', from: d.opened },
];

/** @param {{path: string, d: any, onSee: (period: {from: string, until: string}) => void}} p */
export function Statements({ path, d, onSee }) {
    const [from, setFrom] = useState(addDays(d.business_date, -30));
    const [until, setUntil] = useState(d.business_date);
    const [full, setFull] = useState(false);
    const href = (/** @type {string} */ format) =>
        path +
        '/statement?' +
        new URLSearchParams({
            from,
            until,
            format,
            lang: lang.value,
            ...(full ? { full: '1' } : {}),
        });
    const good = from && until && from <= until;
    return html`
      <section class="card stack" aria-labelledby="papers-title">
        <div>
          <h2 id="papers-title">${t('acct.statement')}</h2>
          <p class="small muted">${t('acct.statement.hint')}</p>
        </div>
        <div class="row-s">
          ${periods(d).map(
              (p) => html`
                <button
                    key=${p.key} type="button" class="chip"
                    aria-pressed=${String(from === p.from && until === d.business_date)}
                    onClick=${() => {
                        setFrom(p.from);
                        setUntil(d.business_date);
                    }}>
                  ${t(p.key)}
                </button>
              `,
          )}
        </div>
        <div class="acct-dates">
          <${Field}
              label=${t('books.from')} type="date" value=${from} onInput=${setFrom} max=${until} />
          <${Field}
              label=${t('books.until')} type="date" value=${until} onInput=${setUntil} min=${from} />
        </div>
        ${d.customer && html`
          <label class="row-s small">
            <input
                type="checkbox" checked=${full}
                onChange=${(/** @type {any} */ e) => setFull(e.target.checked)} />
            ${t('acct.statement.full')}
          </label>
        `}
        ${!good && html`<p class="error" role="alert">${t('acct.period.bad')}</p>`}
        <div class="row-s acct-formats">
          <button
              type="button" class="btn btn-small" disabled=${!good}
              onClick=${() => onSee({ from, until })}>
            ${t('acct.statement.see')}
          </button>
          ${FORMATS.map(
              (f) => html`
                <a
                    key=${f.name}
                    class=${'btn btn-small' + (f.name === 'pdf' ? ' btn-primary' : '')}
                    href=${good ? href(f.name) : undefined} download
                    aria-disabled=${good ? undefined : 'true'}>
                  ${f.key ? t(f.key) : f.text}
                </a>
              `,
          )}
        </div>
      </section>
    `;
}
