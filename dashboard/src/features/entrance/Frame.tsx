import { Box, Card, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

import { ReachBanner } from "@/shell/ReachBanner";
import { Sign } from "@/shell/Sign";

import classes from "./Frame.module.css";

interface Props {
  title: string;
  about?: ReactNode;
  children: ReactNode;
}

/** What stands around the pages before the sign-in. */
export function Frame({ title, about, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Headrace`;
  }, [title]);
  return (
    <main className={classes.place}>
      <Box className={classes.column}>
        <Group gap="xs" justify="center" mb="lg">
          <Sign size={32} />
          <Text fw={650} fz={20}>
            Headrace
          </Text>
        </Group>
        <ReachBanner />
        <Card padding="xl" radius="md" shadow="sm" className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1}>{title}</Title>
              {about && (
                <Text size="sm" c="dimmed" mt={4} component="div">
                  {about}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Card>
      </Box>
    </main>
  );
}
