import { Button, Modal, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { Owner } from "@/ui/Owner";
import { Page } from "@/ui/Page";
import { Paged } from "@/ui/Paged";
import { useAct } from "@/ui/act";

import { BoundCard } from "../BoundCard";
import { type Budget, budgetsQuery, parkedQuery } from "../queries";
import { BudgetForm } from "./BudgetForm";
import { Parked } from "./Parked";
import { PeriodBar } from "./PeriodBar";
import { scopeOf } from "./scope";

/** What AI calls may cost, what of it is spent and reserved, and which jobs wait for more. */
export function BudgetsScreen() {
  const query = useInfiniteQuery(budgetsQuery);
  const mayChange = useMay("ai:write");
  const [edited, setEdited] = useState<Budget | "new" | null>(null);
  return (
    <Page
      title="AI budgets"
      about="The most that a call can cost is reserved before it is made, so a budget is never exceeded by calls at once."
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={14} />} onClick={() => setEdited("new")}>
            Set a budget
          </Button>
        )
      }
    >
      <Stack gap="md">
        <Paged query={query} empty={<Empty title="No budget is set">AI calls may cost what they cost.</Empty>}>
          {(budgets) =>
            budgets.map((budget) => <BudgetCard key={budget.scope} budget={budget} onEdit={() => setEdited(budget)} />)
          }
        </Paged>
        <Parked />
      </Stack>
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title="Set a budget">
        {edited !== null && <BudgetForm budget={edited === "new" ? null : edited} onDone={() => setEdited(null)} />}
      </Modal>
    </Page>
  );
}

function BudgetCard({ budget, onEdit }: { budget: Budget; onEdit: () => void }) {
  const { scope, day, month } = budget;
  const lift = useAct({
    act: () => ask(api.DELETE("/api/v1/ai/budgets/{scope}", { params: { path: { scope } } })),
    done: "The budget is lifted",
    keys: [budgetsQuery.queryKey, parkedQuery.queryKey],
  });
  return (
    <BoundCard
      name={scope}
      title={<Name scope={scope} />}
      question={{
        title: "Lift this budget?",
        body: `Nothing bounds what calls of ${scope} cost then, and jobs that wait for it go on at once.`,
      }}
      isLifting={lift.isPending}
      onEdit={onEdit}
      onLift={() => lift.mutate()}
    >
      <Stack gap="sm">
        {day && <PeriodBar name="day" period={day} />}
        {month && <PeriodBar name="month" period={month} />}
      </Stack>
    </BoundCard>
  );
}

function Name({ scope }: { scope: string }) {
  const { kind, name } = scopeOf(scope);
  if (kind === "installation") return <>The whole installation</>;
  return (
    <>
      <Text span inherit c="dimmed">
        {kind}{" "}
      </Text>
      {kind === "owner" ? <Owner owner={name} /> : name}
    </>
  );
}
