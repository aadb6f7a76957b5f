// What each script would have around its library: recipients from a file, so many requests at once, and a file of those who
// have their message, so that a script that died goes on where it was.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** {api, token, messages, done, rate, in_flight}; rate is null where nobody enforces one. */
export const job = JSON.parse(process.argv[2]);

/** Sends to each who is not done yet, and prints to whom it failed and the most memory that the process had. */
export async function broadcast(send) {
  const done = new Set(existsSync(job.done) ? readFileSync(job.done, 'utf8').split('\n') : []);
  const messages = readFileSync(job.messages, 'utf8').trim().split('\n').map(line => JSON.parse(line))
    .filter(message => !done.has(String(message.chat_id)));
  let next = 0;
  const failed = [];
  await Promise.all(Array.from({ length: job.in_flight }, async () => {
    while (next < messages.length) {
      const { chat_id, text, ...other } = messages[next++];
      try {
        await send(chat_id, text, other);
        appendFileSync(job.done, `${chat_id}\n`);
      } catch (error) {
        failed.push(chat_id); // whatever it was: one message must not end the broadcast
        console.error(`${chat_id}: ${error.message}`);
      }
    }
  }));
  console.log(JSON.stringify({ failed, peak_memory: process.resourceUsage().maxRSS * 1024 }));
}
