import { NumberInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { ChangeForm } from "@/features/account/ChangeForm";
import { bytes, count } from "@/lib/words";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { type User, quotaQuery } from "./queries";

const MIB = 1024 ** 2;

/** How many jobs and bytes a user may have, and has. */
export function QuotaSection({ user }: { user: User }) {
  const query = useQuery(quotaQuery(user.id));
  const set = useAct({
    act: (body: Schemas["QuotaChange"]) =>
      ask(api.PUT("/api/v1/admin/users/{user_id}/quota", { params: { path: { user_id: user.id } }, body })),
    done: "The quota is set.",
    keys: [quotaQuery(user.id).queryKey],
    isQuiet: true,
  });
  return (
    <Section title="Quota" about="What bounds their jobs. Empty is what the settings say, 0 is no limit.">
      <Shown query={query} lines={4}>
        {(quota) => (
          <>
            <Text size="sm">
              {count(quota.used_jobs)} of {quota.jobs === null ? "any number of" : count(quota.jobs)} unfinished jobs,{" "}
              {bytes(quota.used_bytes)} of {quota.bytes === null ? "any size" : bytes(quota.bytes)}.
            </Text>
            <ChangeForm
              key={JSON.stringify(quota.own)}
              label="Set the quota"
              send={async ({ jobs = "", size = "" }) => {
                await set.mutateAsync({ jobs: numberOf(jobs), bytes: size === "" ? null : Number(size) * MIB });
              }}
            >
              {(errors) => (
                <>
                  <NumberInput
                    label="Unfinished jobs"
                    name="jobs"
                    min={0}
                    allowDecimal={false}
                    defaultValue={quota.own.jobs ?? undefined}
                    error={errors.jobs}
                  />
                  <NumberInput
                    label="MiB that jobs may hold"
                    name="size"
                    min={0}
                    allowDecimal={false}
                    defaultValue={mibOf(quota.own.bytes)}
                    error={errors.size}
                  />
                </>
              )}
            </ChangeForm>
          </>
        )}
      </Shown>
    </Section>
  );
}

function numberOf(text: string): number | null {
  return text === "" ? null : Number(text);
}

function mibOf(size: number | null | undefined): number | undefined {
  return typeof size === "number" ? Math.round(size / MIB) : undefined;
}
