// Telegraf with telegraf-throttler (https://www.npmjs.com/package/telegraf-throttler), which is a middleware and throttles what
// a handler sends: the broadcast is a command, as in a bot. Telegraf does not retry, so this does, as handlers usually do.
import { setTimeout as delay } from 'node:timers/promises';
import { Telegraf } from 'telegraf';
import { telegrafThrottler } from 'telegraf-throttler';
import { broadcast, job } from './broadcast.mjs';

const attempts = 4;

// A refusal is final but for 429 and 5xx; an error without a code is a broken connection.
async function retried(send) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const code = error.response?.error_code;
      if (attempt === attempts || (code && code !== 429 && code < 500)) throw error;
      await delay(1000 * (error.response?.parameters?.retry_after ?? 2 ** (attempt - 1)));
    }
  }
}

const bot = new Telegraf(job.token, { telegram: { apiRoot: job.api }, handlerTimeout: Infinity });
// Its own figures are for Telegram's 30 a second, so it is left out where nobody enforces a rate.
if (job.rate) bot.use(telegrafThrottler());
bot.command('broadcast', ctx => broadcast((chat, text, other) => retried(() => ctx.telegram.sendMessage(chat, text, other))));

const admin = { id: 1, first_name: 'Admin' };
await bot.handleUpdate({
  update_id: 1,
  message: {
    message_id: 1, date: 0, chat: { ...admin, type: 'private' }, from: { ...admin, is_bot: false },
    text: '/broadcast', entities: [{ type: 'bot_command', offset: 0, length: '/broadcast'.length }],
  },
});
