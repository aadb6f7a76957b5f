import { api, query } from "./api.js";

/** What a person is called where there is no room for more. */
export function personName(person) {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  return name || (person.username ? `@${person.username}` : String(person.telegram_user_id));
}

/** The audience as options of a combobox. */
export async function searchPeople(text) {
  const { items } = await api.get(`v1/admin/audience/users${query({ search: text, limit: 8 })}`);
  return items.map((person) => ({
    value: person.id, label: personName(person),
    detail: [person.username && `@${person.username}`, person.telegram_user_id, person.language].filter(Boolean).join(" · "),
  }));
}
