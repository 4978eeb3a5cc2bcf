import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  about?: ReactNode;
  /** What stands across from the title: a way to more of it, or a choice of what it shows. */
  action?: ReactNode;
  /** As high as its place. */
  isTall?: boolean;
  children: ReactNode;
}

/** One part of a page, by its title. */
export function Section({ title, about, action, isTall, children }: Props) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id} h={isTall ? "100%" : undefined}>
      <Stack gap="sm">
        <div>
          <Group justify="space-between">
            <Title order={2} id={id}>
              {title}
            </Title>
            {action}
          </Group>
          {about && (
            <Text size="sm" c="dimmed" component="div">
              {about}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Card>
  );
}
