import { Card, Group, SimpleGrid, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { APPS } from "@/apps";
import classes from "@/ui/Tile.module.css";

/** The apps that have screens of their own. */
export function AppCards() {
  if (APPS.length === 0) return null;
  return (
    <section aria-labelledby="apps">
      <Title order={2} id="apps" mb="xs">
        Apps
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {APPS.map(({ name, label, icon: Sign, to, about }) => (
          <Link key={name} to={to} className={classes.link}>
            <Card className={classes.tile}>
              <Group gap="xs" wrap="nowrap">
                <Sign size={18} stroke={1.6} />
                <Text fw={600}>{label}</Text>
              </Group>
              <Text size="sm" c="dimmed">
                {about}
              </Text>
            </Card>
          </Link>
        ))}
      </SimpleGrid>
    </section>
  );
}
