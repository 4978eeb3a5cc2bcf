import { Box, Paper } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { KeyTable } from "@/features/keys/KeyTable";
import { Empty } from "@/ui/Empty";
import { FindField } from "@/ui/FindField";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { TextLink } from "@/ui/links";

import { WithdrawKey } from "./WithdrawKey";
import { allKeysQuery } from "./queries";

interface Props {
  find?: string;
  onFind: (find: string | undefined) => void;
}

/** Everybody's API keys, the newest thousand. */
export function KeysScreen({ find = "", onFind }: Props) {
  const query = useQuery(allKeysQuery);
  return (
    <Page title="API keys" about="The keys of everybody. One withdrawn counts no more at once.">
      <Box mb="sm">
        <FindField label="Find a key" placeholder="Name, scope or end of the key" value={find} onFind={onFind} />
      </Box>
      <Shown query={query}>
        {(all) => {
          const words = find.toLowerCase();
          const keys = all.filter(({ name, scopes, last4 }) =>
            `${name} ${scopes.join(" ")} ${last4}`.toLowerCase().includes(words),
          );
          if (keys.length === 0) {
            return (
              <Empty title={find ? "No key like that" : "Nobody has a key yet"}>
                One's own are made under{" "}
                <TextLink to="/account" size="sm" underline="always">
                  Account
                </TextLink>
                , a user's on their page.
              </Empty>
            );
          }
          return (
            <Paper withBorder>
              <KeyTable keys={keys} isOwnerShown acts={(key) => <WithdrawKey of={key} />} />
            </Paper>
          );
        }}
      </Shown>
    </Page>
  );
}
