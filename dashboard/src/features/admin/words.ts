/** How roles and the audit log's targets read. */

import { ROLES, type Role } from "./queries";

/** The role of that name; the least a person who works here gets where it is none. */
export function roleOf(text: string | undefined): Role {
  return ROLES.find((role) => role === text) ?? "member";
}

/** "user" and its id of "user:0189…": what something was done to. */
export function targetOf(target: string): { kind: string; id: string } {
  const at = target.indexOf(":");
  return at < 0 ? { kind: "", id: target } : { kind: target.slice(0, at), id: target.slice(at + 1) };
}

/** "second factor off" for "second_factor.off". */
export function actionWords(action: string): string {
  return action.replaceAll(/[._]/g, " ");
}
