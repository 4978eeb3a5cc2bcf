/** A small form that is sent as it stands: what is missing is said beside its field, and so is what the server refuses. */

import { type SubmitEvent, useState } from "react";

import { Problem } from "@/api/problem";

import { useWait } from "./useWait";

export type Given = Record<string, string>;

interface Sending {
  send: (given: Given) => Promise<void>;
  /** What to say of a field that was left empty, by the field's name. */
  required?: Given;
  /** Whether the fields are emptied once it was taken. */
  isEmptied?: boolean;
}

export interface Sent {
  /** What is wrong with a field, by its name. */
  errors: Given;
  /** What is wrong with none of the fields. */
  problem: unknown;
  /** Seconds until the server looks at the next try. */
  wait: number;
  isBusy: boolean;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  clear: () => void;
}

export function useSend({ send, required = {}, isEmptied = false }: Sending): Sent {
  const [errors, setErrors] = useState<Given>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [wait, beginWait] = useWait();

  async function sendAll(form: HTMLFormElement): Promise<void> {
    const given = readForm(form);
    const missing = Object.entries(required).filter(([name]) => given[name]?.trim() === "");
    setErrors(Object.fromEntries(missing));
    setProblem(null);
    if (missing.length > 0) {
      focusOn(
        form,
        missing.map(([name]) => name),
      );
      return;
    }
    setIsBusy(true);
    try {
      await send(given);
      if (isEmptied) form.reset();
    } catch (reason) {
      const found = errorsOf(reason, Object.keys(given));
      setErrors(found);
      if (Object.keys(found).length === 0) setProblem(reason);
      if (reason instanceof Problem && reason.status === 429 && reason.retryAfter) beginWait(reason.retryAfter);
      focusOn(form, Object.keys(found));
    } finally {
      setIsBusy(false);
    }
  }

  return {
    errors,
    problem,
    wait,
    isBusy,
    onSubmit: (event) => {
      event.preventDefault();
      if (!isBusy && wait === 0) void sendAll(event.currentTarget);
    },
    clear: () => {
      setErrors({});
      setProblem(null);
    },
  };
}

function readForm(form: HTMLFormElement): Given {
  const texts = [...new FormData(form)].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  return Object.fromEntries(texts) as Given;
}

/** What a refusal says of the fields of the form, by their names; nothing if it is of something else. */
export function errorsOf(reason: unknown, names: string[]): Given {
  if (!(reason instanceof Problem)) return {};
  if (reason.code === "password_wrong" && names.includes("current_password")) {
    return { current_password: reason.message };
  }
  const errors: Given = {};
  for (const { pointer, detail } of reason.faults) {
    const name = pointer?.split("/")[1] ?? "";
    if (!names.includes(name)) return {};
    errors[name] ??= detail;
  }
  return errors;
}

function focusOn(form: HTMLFormElement, names: string[]): void {
  const first = [...form.elements].find((element) => names.includes(element.getAttribute("name") ?? ""));
  if (first instanceof HTMLElement) first.focus();
}
