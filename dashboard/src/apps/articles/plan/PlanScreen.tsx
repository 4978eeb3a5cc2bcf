import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Paged } from "@/ui/Paged";
import { useAct } from "@/ui/act";

import { ArticlesNav } from "../ArticlesNav";
import { planQuery } from "../queries";
import { BriefForm } from "../writing/BriefForm";
import { briefOf, useBriefDraft } from "../writing/brief";
import { PlanTable } from "./PlanTable";

/** The briefs that the daily round has written, and those it will. */
export function PlanScreen() {
  const query = useInfiniteQuery(planQuery);
  const mayWrite = useMay("jobs:write");
  const [isOpen, dialog] = useDisclosure(false);
  const add = (
    <Button leftSection={<IconPlus size={14} />} onClick={dialog.open}>
      Plan an article
    </Button>
  );
  return (
    <Page
      title="Daily round"
      about="Every morning at six (UTC) the three oldest briefs that are still open are written."
      actions={mayWrite && add}
    >
      <ArticlesNav at="plan" />
      <Paged query={query} empty={<Empty title="Nothing is planned">Plan a brief for a coming morning.</Empty>}>
        {(planned) => <PlanTable planned={planned} mayWrite={mayWrite} />}
      </Paged>
      <Modal opened={isOpen} onClose={dialog.close} title="Plan an article" size="md">
        <NewPlan onDone={dialog.close} />
      </Modal>
    </Page>
  );
}

function NewPlan({ onDone }: { onDone: () => void }) {
  const { draft, change, clear } = useBriefDraft("plan");
  const act = useAct({
    act: () => ask(api.POST("/api/v1/articles/plan", { body: briefOf(draft) })),
    keys: [planQuery.queryKey],
    done: "Planned",
    isQuiet: true,
    onDone: () => {
      clear();
      onDone();
    },
  });
  return (
    <BriefForm
      draft={draft}
      onChange={change}
      onSend={() => act.mutate()}
      label="Plan it"
      isBusy={act.isPending}
      problem={act.error}
    />
  );
}
