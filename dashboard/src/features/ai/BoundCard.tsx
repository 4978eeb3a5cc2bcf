import { Button, Card, Group, Title } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { confirm } from "@/ui/confirm";

interface Props {
  name: string;
  title?: ReactNode;
  badge?: ReactNode;
  /** What is asked before it is lifted. */
  question: { title: string; body: string };
  isLifting: boolean;
  onEdit: () => void;
  onLift: () => void;
  children: ReactNode;
}

/** Something that bounds AI calls, a budget or a limit: changed or lifted by who may. */
export function BoundCard({ name, title = name, badge, question, isLifting, onEdit, onLift, children }: Props) {
  const mayChange = useMay("ai:write");
  const lift = async (): Promise<void> => {
    if (await confirm({ ...question, label: "Lift it", isDangerous: true })) onLift();
  };
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Group gap="xs">
          <Title order={2} size="h3" style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {badge}
        </Group>
        {mayChange && (
          <Group gap={4}>
            <Button variant="subtle" leftSection={<IconPencil size={14} />} onClick={onEdit}>
              Change
            </Button>
            <ActButton
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={14} />}
              loading={isLifting}
              onClick={() => void lift()}
            >
              Lift
            </ActButton>
          </Group>
        )}
      </Group>
      {children}
    </Card>
  );
}
