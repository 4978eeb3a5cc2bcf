import { Button, Card, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { Empty } from "@/ui/Empty";
import { More } from "@/ui/More";
import { Owner } from "@/ui/Owner";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

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
        <Shown query={query}>
          {({ pages }) => {
            const budgets = pages.flatMap(({ items }) => items);
            if (budgets.length === 0) return <Empty title="No budget is set">AI calls may cost what they cost.</Empty>;
            return (
              <Stack gap="sm">
                {budgets.map((budget) => (
                  <BudgetCard
                    key={budget.scope}
                    budget={budget}
                    mayChange={mayChange}
                    onEdit={() => setEdited(budget)}
                  />
                ))}
                <More
                  hasMore={query.hasNextPage}
                  isLoading={query.isFetchingNextPage}
                  hasFailed={query.isFetchNextPageError}
                  onMore={() => void query.fetchNextPage()}
                />
              </Stack>
            );
          }}
        </Shown>
        <Parked />
      </Stack>
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title="Set a budget">
        {edited !== null && <BudgetForm budget={edited === "new" ? null : edited} onDone={() => setEdited(null)} />}
      </Modal>
    </Page>
  );
}

interface CardProps {
  budget: Budget;
  mayChange: boolean;
  onEdit: () => void;
}

function BudgetCard({ budget, mayChange, onEdit }: CardProps) {
  const { scope, day, month } = budget;
  const lift = useAct({
    act: () => ask(api.DELETE("/api/v1/ai/budgets/{scope}", { params: { path: { scope } } })),
    done: "The budget is lifted",
    keys: [budgetsQuery.queryKey, parkedQuery.queryKey],
  });
  const question = async (): Promise<void> => {
    const isSure = await confirm({
      title: "Lift this budget?",
      body: `Nothing bounds what calls of ${scope} cost then, and jobs that wait for it go on at once.`,
      label: "Lift it",
      isDangerous: true,
    });
    if (isSure) lift.mutate();
  };
  return (
    <Card component="section" aria-label={scope}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Title order={2} size="h3" style={{ overflowWrap: "anywhere" }}>
          <Name scope={scope} />
        </Title>
        {mayChange && (
          <Group gap={4}>
            <Button variant="subtle" leftSection={<IconPencil size={14} />} onClick={onEdit}>
              Change
            </Button>
            <ActButton
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={14} />}
              loading={lift.isPending}
              onClick={() => void question()}
            >
              Lift
            </ActButton>
          </Group>
        )}
      </Group>
      <Stack gap="sm">
        {day && <PeriodBar name="day" period={day} />}
        {month && <PeriodBar name="month" period={month} />}
      </Stack>
    </Card>
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
