// First set-up: the one-time link /setup.html#TOKEN printed by the server makes the first administrator.
import { html, useState } from './lib/vendor.js';
import { t } from './lib/texts.js';
import { post, Problem } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { Shell, Field, mount, toastProblem } from './lib/ui.js';

const token = decodeURIComponent(location.hash.slice(1));
if (token) history.replaceState(null, '', location.pathname);
loadInfo().catch(toastProblem);

function Page() {
    const [f, setF] = useState({ username: 'admin', name: '', password: '', again: '' });
    const [error, setError] = useState({ field: '', text: '' });
    const [state, setState] = useState('');
    const set = (/** @type {string} */ k) => (/** @type {string} */ v) => setF({ ...f, [k]: v });
    const err = (/** @type {string} */ k) => (error.field === k ? error.text : undefined);
    const go = async (/** @type {any} */ e) => {
        e.preventDefault();
        if (f.password.length < 10) return setError({ field: 'password', text: t('setup.short') });
        if (f.password !== f.again) return setError({ field: 'again', text: t('setup.differ') });
        setError({ field: '', text: '' });
        setState('busy');
        try {
            await post('/api/setup', {
                token,
                username: f.username,
                name: f.name,
                password: f.password,
            });
            setState('done');
        } catch (x) {
            const p = /** @type {Problem} */ (x);
            const text = p.detail ? p.title + ' — ' + p.detail : p.title;
            setError({
                field: ['username', 'name', 'password'].includes(p.field) ? p.field : 'again',
                text,
            });
            setState('');
        }
    };
    return html`
      <${Shell} title=${t('setup.title')} narrow account=${false}>
        <div class="stack">
          <h1>${t('setup.title')}</h1>
          ${!token && html`
            <div class="banner banner-danger" role="alert">${t('setup.notoken')}</div>
          `}
          ${state === 'done' && html`
            <div class="banner banner-ok" role="status">
              ${t('setup.done')} <a href="/signin.html">${t('signin.go')}</a>
            </div>
          `}
          ${token && state !== 'done' && html`
            <form class="card stack" onSubmit=${go}>
              <p class="muted">${t('setup.intro')}</p>
              <${Field}
                  label=${t('signin.username')} value=${f.username} onInput=${set('username')}
                  name="username" autocomplete="username" required error=${err('username')} />
              <${Field}
                  label=${t('setup.name')} value=${f.name} onInput=${set('name')} name="name"
                  autocomplete="name" required error=${err('name')} />
              <${Field}
                  label=${t('signin.password')} value=${f.password} onInput=${set('password')}
                  type="password" name="new-password" autocomplete="new-password"
                  hint=${t('setup.password.hint')} required error=${err('password')} />
              <${Field}
                  label=${t('setup.again')} value=${f.again} onInput=${set('again')} type="password"
                  name="again" autocomplete="new-password" required error=${err('again')} />
              <button type="submit" class="btn btn-primary" disabled=${state === 'busy'}>
                ${t('setup.go')}
              </button>
            </form>
          `}
        </div>
      <//>
    `;
}
mount(Page);
