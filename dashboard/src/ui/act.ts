/** Changing something: the answer is told, what is on screen is asked again, and a problem is said in words. */

import { notifications } from "@mantine/notifications";
import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";

import { Problem } from "@/api/problem";

interface Act<T, V> {
  act: (given: V) => Promise<T>;
  /** What to say when it worked; nothing where the screen shows it anyway. */
  done?: string | ((answer: T, given: V) => string);
  /** The queries to ask again; all of them where it is left out. */
  keys?: QueryKey[];
  onDone?: (answer: T, given: V) => void;
  /** Where the form itself shows what is wrong. */
  isQuiet?: boolean;
}

export function useAct<T, V = void>({ act, done, keys, onDone, isQuiet }: Act<T, V>): UseMutationResult<T, Error, V> {
  const queries = useQueryClient();
  return useMutation<T, Error, V>({
    mutationFn: act,
    onSuccess: async (answer, given) => {
      const words = typeof done === "function" ? done(answer, given) : done;
      if (words) notifications.show({ message: words, color: "teal" });
      onDone?.(answer, given);
      await Promise.all((keys ?? [[]]).map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: (reason) => {
      if (!isQuiet) complain(reason);
    },
  });
}

/** Say what went wrong in a corner of the screen. */
export function complain(reason: unknown): void {
  const message = reason instanceof Error ? reason.message : String(reason);
  const title = reason instanceof Problem && reason.isUnreachable ? "Server unreachable" : "That did not work";
  notifications.show({ title, message, color: "red", autoClose: 8_000 });
}
