// grammY with its two plugins: https://grammy.dev/plugins/transformer-throttler holds back what is over the rate, and
// https://grammy.dev/plugins/auto-retry waits out a 429 and tries again after a 5xx or a broken connection.
import { autoRetry } from '@grammyjs/auto-retry';
import { apiThrottler } from '@grammyjs/transformer-throttler';
import { Api } from 'grammy';
import { broadcast, job } from './broadcast.mjs';

const api = new Api(job.token, { apiRoot: job.api });
// Its own figures are for Telegram's 30 a second, so it is left out where nobody enforces a rate. Retries, the outer one of
// the two, go through it as well.
if (job.rate) api.config.use(apiThrottler());
api.config.use(autoRetry());

await broadcast((chat, text, other) => api.sendMessage(chat, text, other));
