// books-change.js -- Settings of the whole bank are changed by two: who asks, and who looks at it.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { send, session, Problem } from './api.js';
import { toast, toastProblem } from './ui.js';
import { dateTime } from './format.js';

export const mayChange = () =>
    !!session.value && ['office', 'admin'].includes(String(session.value.role || ''));

/**
 * A form that asks for a change: says what became of it, and keeps a refusal beside its field.
 * @param {() => void} onDone
 */
export function useChange(onDone) {
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const [busy, setBusy] = useState(false);
    return {
        busy,
        /** @param {string} k */
        error: (k) => (problem && problem.field === k ? problem.line : undefined),
        /** @param {"POST"|"PUT"} method @param {string} path @param {any} body */
        change: async (method, path, body) => {
            if (busy) return;
            setBusy(true);
            setProblem(null);
            try {
                const d = await send(method, path, body);
                toast(
                    t(d.approval ? 'change.waits' : 'change.done'),
                    'ok',
                    d.approval ? 7000 : 4000,
                );
                onDone();
            } catch (e) {
                const p = /** @type {Problem} */ (e);
                setProblem(p);
                if (!p.field) toastProblem(p);
            }
            setBusy(false);
        },
    };
}

/** What waits for a second person. @param {{of: any, about?: string}} p */
export function Waiting({ of, about = '/api/deposit-' }) {
    const items = (of.data ? of.data.items : []).filter(
        (/** @type {any} */ a) =>
            a.state === 'open' && a.kind === 'setting' && a.what.includes(about),
    );
    if (!items.length) return null;
    return html`
      <section class="banner banner-warn prod-waiting" aria-labelledby="waiting-title">
        <h2 id="waiting-title">${t('change.waiting', { n: items.length })}</h2>
        <ul class="plain-list">
          ${items.map(
              (/** @type {any} */ a) => html`
                <li key=${a.id} class="row row-between">
                  <span>
                    <strong>${pick(a, 'summary')}</strong>
                    <span class="small">
                      ${t('change.by', { who: a.maker, until: dateTime(a.expires_ms) })}
                    </span>
                  </span>
                  <a class="btn btn-small" href=${'/counter.html?tab=approve&approval=' + a.id}>
                    ${t(a.mine ? 'change.look' : 'change.check')}
                  </a>
                </li>
              `,
          )}
        </ul>
      </section>
    `;
}
