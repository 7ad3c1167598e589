# A sweep as an array job of a real Slurm, which this test starts on this machine and ends again: cancelled midway, submitted anew, and
# with the table of a sweep without Slurm at the end.
set -euo pipefail
for program in slurmctld slurmd munged sbatch; do
    command -v $program >/dev/null || { echo "$program is not installed"; exit 77; }
done
[[ $(id -u) -eq 0 ]] || { echo "Slurm can be started by root only"; exit 77; }
export OMP_NUM_THREADS=1

S=$(mktemp -d)
mkdir -p "$S"/{etc,run,log,state,spool,munge}
chmod 755 "$S"
chmod 700 "$S/munge"
end() {
    local pid
    for pid in slurmd slurmctld; do
        [[ ! -s $S/run/$pid.pid ]] || kill "$(cat "$S/run/$pid.pid")" 2>/dev/null || true
    done
    sleep 1
    [[ ! -s $S/munge/pid ]] || kill "$(cat "$S/munge/pid")" 2>/dev/null || true
    sleep 1
    rm -rf "$S"
}
trap end EXIT

dd if=/dev/urandom of="$S/munge/key" bs=1 count=1024 2>/dev/null
chmod 400 "$S/munge/key"
munged --force --key-file="$S/munge/key" --socket="$S/munge/socket" --pid-file="$S/munge/pid" \
    --log-file="$S/log/munged.log" --seed-file="$S/munge/seed" # --force: the folder above is everybody's
host=$(hostname -s)
port=$((20000 + RANDOM % 20000)) # several builds are tested at once
cat >"$S/etc/slurm.conf" <<END
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$S/munge/socket
SlurmUser=root
SlurmdUser=root
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$S/state
SlurmdSpoolDir=$S/spool
SlurmctldPidFile=$S/run/slurmctld.pid
SlurmdPidFile=$S/run/slurmd.pid
SlurmctldLogFile=$S/log/slurmctld.log
SlurmdLogFile=$S/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MaxArraySize=10001
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) CoresPerSocket=$(nproc) RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$S/etc/slurm.conf
slurmctld
slurmd
for ((k = 0; k < 60; k++)); do
    [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && break
    sleep 0.5
done
[[ $(sinfo -h -o %T) == idle ]] || { echo "Slurm did not start here"; tail -5 "$S"/log/*; exit 77; }

cat >run.yaml <<'END'
task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 10 ms, pause: 30 ms, recall: 20 ms}
populations:
  alif: {model: alif, n: 8, v_th: 0.3, n_ref: 3, tau_a: 200 ms, beta: 0.1}
  out: {model: readout, n: 2, tau_out: 20 ms}
projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}
learning: {rule: eprop, batch: 4, iterations: 600, loss: cross_entropy}
checkpoint: {every: 0.05 s}
END
space=(learning.rate=1e-3,1e-2 seed=1..100)

# table DIR: what must not depend on how the sweep was run
table() {
    "$PYTHON" -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1] + "/results.csv")):
    print([v for k, v in row.items() if k not in ("seconds", "started", "host")])' "$1"
}
done_so_far() { find queued/state -name '*.json' 2>/dev/null | wc -l; }
# until COMMAND...: at most a minute
until_true() {
    for ((k = 0; k < 600; k++)); do
        if "$@"; then return 0; fi
        sleep 0.1
    done
    echo "waited too long for: $*"
    squeue
    cat queued/log/* | tail -20
    return 1
}
queue_is_empty() { [[ -z $(squeue -h 2>&1) ]]; }
some_are_done() { (($(done_so_far) >= 20)); }

"$LSNN" sweep run.yaml "${space[@]}" -q -j 2 -o whole >/dev/null

# Only the script.
"$LSNN" sweep run.yaml "${space[@]}" -o queued --slurm --dry-run --partition main --time 10 --cpus 1 --memory 100 --array 3 \
    --at-most 2 >path
bash -n "$(cat path)"
for line in --partition=main --time=10 --cpus-per-task=1 --mem=100 --array=0-2%2; do
    grep -q -e "^#SBATCH.* $line\( \|\$\)" "$(cat path)" || { echo "no $line in:"; cat "$(cat path)"; exit 1; }
done
queue_is_empty || { echo "--dry-run has submitted a job"; exit 1; }

submit() {
    "$LSNN" sweep "$@" --slurm --partition main --time 10 --cpus 1 --memory 100 --array 2 >submitted
    grep -Eqx 'Submitted batch job [0-9]+' submitted || { cat submitted; exit 1; }
}
submit run.yaml "${space[@]}" -o queued
until_true some_are_done
scancel "$(grep -o '[0-9]*$' submitted)"
until_true queue_is_empty
at_cancel=$(done_so_far)
((at_cancel < 200)) || { echo "it was over before it was cancelled"; exit 1; }

submit queued
until_true queue_is_empty
"$LSNN" sweep collect queued >/dev/null
diff <(table whole) <(table queued)
[[ $(table queued | wc -l) -eq 200 && $(done_so_far) -eq 200 ]]
echo "cancelled after $at_cancel of 200 trials"
