/** An article that is edited: the draft, the version it is based on, and how it is saved without losing another's work. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import { useAct } from "@/ui/act";

import { ARTICLES_KEY, type Article, articleQuery } from "../queries";
import { type Draft, changesOf, draftOf } from "./draft";

export function useEditor(present: Article, key: string) {
  const queries = useQueryClient();
  const { queryKey } = articleQuery(key);
  const [base, setBase] = useState(present);
  const [draft, setDraft] = useState<Draft>(() => draftOf(present));
  /** The version that somebody saved meanwhile. */
  const [theirs, setTheirs] = useState<Article | null>(null);
  const changes = changesOf(draftOf(base), draft);
  const isDirty = Object.keys(changes).length > 0;

  // a newer version is taken over where nothing is lost by it: nothing was typed, or it is what was typed
  const isNewer = present.version > base.version;
  if (isNewer && (!isDirty || Object.keys(changesOf(draftOf(present), draft)).length === 0)) {
    setBase(present);
    setDraft(draftOf(present));
  }

  const save = useAct<Article, { version: number; sent: Draft }>({
    act: ({ version, sent }) =>
      ask(
        api.PATCH("/api/v1/articles/{article_id}", {
          params: { path: { article_id: base.id } },
          body: { version, ...changesOf(draftOf(base), sent) },
        }),
      ),
    done: (article) => `Saved as version ${String(article.version)}`,
    keys: [ARTICLES_KEY, ["article", base.id, "versions"]],
    isQuiet: true,
    onDone: (article, { sent }) => {
      queries.setQueryData(queryKey, article);
      setBase(article);
      // what was typed while it was being saved stays
      setDraft((now) => (now === sent ? draftOf(article) : now));
      setTheirs(null);
    },
  });

  const meet = async (reason: Error): Promise<void> => {
    if (!(reason instanceof Problem) || reason.code !== "version_conflict") return;
    setTheirs(await queries.fetchQuery({ ...articleQuery(key), staleTime: 0 }));
  };
  const saveOn = (version: number): void =>
    save.mutate({ version, sent: draft }, { onError: (reason) => void meet(reason) });

  return {
    base,
    draft,
    isDirty,
    changes,
    isNewer: isNewer && isDirty,
    change: (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part })),
    replace: setDraft,
    save: (): void => saveOn(base.version),
    isSaving: save.isPending,
    problem: theirs ? null : save.error,
    conflict: theirs && {
      theirs,
      /** What only they changed stays theirs; what this draft changed becomes the next version. */
      keepMine: (): void => saveOn(theirs.version),
      takeTheirs: (): void => {
        setBase(theirs);
        setDraft(draftOf(theirs));
        setTheirs(null);
        save.reset();
      },
      goOn: (): void => setTheirs(null),
    },
  };
}

export type Editor = ReturnType<typeof useEditor>;
