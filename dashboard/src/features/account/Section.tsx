import { Card, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  about?: ReactNode;
  children: ReactNode;
}

/** One part of a page of settings. */
export function Section({ title, about, children }: Props) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id} padding="md">
      <Stack gap="sm">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
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
