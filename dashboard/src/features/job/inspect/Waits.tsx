import { Badge, Card, Group, Stack, Text } from "@mantine/core";

import { useMay } from "@/shell/me";
import { Json } from "@/ui/Json";
import { Time } from "@/ui/Time";

import { Facts } from "../Facts";
import { useAccess } from "../access";
import { AnswerForm } from "../act/AnswerForm";
import type { Wait } from "../queries";

const STATE_COLOR: Record<string, string> = { open: "grape", answered: "teal", expired: "red", void: "gray" };
const KIND: Record<string, string> = { answer: "for an answer", sleep: "for a time", children: "for children" };

/** What the job waited or waits for; a question that is open is answered right here. */
export function Waits({ waits }: { waits: readonly Wait[] }) {
  const [open, settled] = [
    waits.filter(({ state }) => state === "open"),
    waits.filter(({ state }) => state !== "open"),
  ];
  return (
    <Stack gap="xs">
      {[...open, ...settled].map((wait) => (
        <WaitCard key={wait.id} wait={wait} />
      ))}
    </Stack>
  );
}

/** One wait: what for, until when, who answered what. */
export function WaitCard({ wait }: { wait: Wait }) {
  const { token } = useAccess();
  const mayAnswer = useMay("jobs:write") && token === null;
  const isQuestion = wait.state === "open" && wait.kind === "answer";
  return (
    <Card padding="sm" component="article" aria-label={`Wait ${wait.name}`}>
      <Group gap={6} mb={6}>
        <Badge color={STATE_COLOR[wait.state] ?? "gray"}>{wait.state}</Badge>
        <Text size="sm" fw={600}>
          {wait.name}
        </Text>
        <Text size="xs" c="dimmed">
          {KIND[wait.kind] ?? wait.kind}
        </Text>
      </Group>
      <Facts
        facts={[
          ["Opened", <Time key="opened" at={wait.opened_at} />],
          ["Until", wait.due_at && <Time key="due" at={wait.due_at} />],
          ["Settled", wait.settled_at && <Time key="settled" at={wait.settled_at} />],
          ["By", wait.answered_by],
          ["Comment", wait.comment],
          ["Answers that did not fit", wait.refusals || null],
        ]}
      />
      {wait.kind === "answer" && wait.state === "answered" && <Json value={wait.answer} label="answer" max={240} />}
      {wait.refusals > 0 && wait.state === "open" && <Json value={wait.refused} label="refused answer" max={160} />}
      {isQuestion && mayAnswer && <AnswerForm wait={wait} />}
    </Card>
  );
}
