import { IconDeviceFloppy } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { Page } from "@/ui/Page";
import { useAct } from "@/ui/act";

import { ARTICLES_KEY } from "../queries";
import type { BodyView } from "./BodyInput";
import { Fields } from "./Fields";
import { Leaving } from "./Leaving";
import { BLANK, type Draft, changesOf, sentOf } from "./draft";

/** An article written by hand; it begins as a draft. */
export function NewScreen() {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(BLANK);
  const [view, setView] = useState<BodyView>("both");
  const act = useAct({
    act: () => ask(api.POST("/api/v1/articles", { body: sentOf(draft) })),
    done: "Kept as a draft",
    keys: [ARTICLES_KEY],
    isQuiet: true,
    onDone: ({ id }) =>
      void navigate({ to: "/apps/articles/$key", params: { key: id }, replace: true, ignoreBlocker: true }),
  });
  const isReady = draft.title.trim() !== "" && draft.body.trim() !== "";
  const isPlaced = act.error instanceof Problem && act.error.faults.length > 0;
  return (
    <Page
      title="New article"
      about="Written by hand. It is kept as a draft until you publish it."
      actions={
        <ActButton
          leftSection={<IconDeviceFloppy size={14} />}
          disabled={!isReady}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          Keep as a draft
        </ActButton>
      }
    >
      {act.isError && !isPlaced && <ErrorState problem={act.error} />}
      <Fields
        draft={draft}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
        problem={act.error}
        view={view}
        onView={setView}
      />
      <Leaving isDirty={Object.keys(changesOf(BLANK, draft)).length > 0 && !act.isSuccess} />
    </Page>
  );
}
