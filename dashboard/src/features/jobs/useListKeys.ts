/** The keys of the list: j and k go down and up, Enter opens, x ticks, Esc closes what is open and then unticks. */

import { useEffect, useRef } from "react";

interface List {
  ids: string[];
  current: string | undefined;
  onCurrent: (id: string) => void;
  onOpen: (id: string) => void;
  onTick: (id: string) => void;
  onEscape: () => void;
}

export function useListKeys(list: List): void {
  const held = useRef(list);
  useEffect(() => {
    held.current = list;
  });
  useEffect(() => {
    const take = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isElsewhere(event.target)) return;
      if (act(held.current, event)) event.preventDefault();
    };
    document.addEventListener("keydown", take);
    return () => document.removeEventListener("keydown", take);
  }, []);
}

/** Do what a key stands for; false when it stands for nothing here. */
function act({ ids, current, ...list }: List, { key, target }: KeyboardEvent): boolean {
  const at = current ? ids.indexOf(current) : -1;
  const isDown = key === "j" || (key === "ArrowDown" && isRow(target));
  const isUp = key === "k" || (key === "ArrowUp" && isRow(target));
  if (isDown || isUp) {
    const next = ids[Math.max(0, Math.min(at + (isDown ? 1 : -1), ids.length - 1))];
    if (next) list.onCurrent(next);
    return next !== undefined;
  }
  if (key === "Escape") {
    list.onEscape();
    return true;
  }
  const row = current ?? (isRow(target) ? target.dataset.job : undefined); // the focus follows the current row a frame later
  if (!row) return false;
  if (key === "x") list.onTick(row);
  else if (key === "Enter" && !isControl(target)) list.onOpen(row);
  else return false;
  return true;
}

function isRow(target: EventTarget | null): target is HTMLElement {
  return target instanceof HTMLElement && target.dataset.job !== undefined;
}

/** Whether Enter does something of its own there. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("a, button, summary, [role=slider]") !== null;
}

/** Whether the key belongs to a field, a menu or a dialog. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isField = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const isTick = target instanceof HTMLInputElement && target.type === "checkbox";
  return (isField && !isTick) || target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}
