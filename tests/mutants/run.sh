#!/usr/bin/env bash
# Takes guards away, one at a time, and looks whether the test that is named beside each notices (guards/*.txt).
# usage: tests/mutants/run.sh [--all | --draw N | --part K/N | --check | NAME]
#   --all      every one (the default)       --draw N   N of them, drawn by the commit's hash: the same for the same commit
#   --part K/N every Nth, from the Kth on    --check    only whether all still apply        NAME   those whose name or text holds it
# Nothing here is changed: the compiler is given the changed file in the place of the one that stands here, and what it makes replaces the one of a
# copy of the tests. Fails if one survives, no longer applies or does not build. Ends with one line «N killed, N survived».
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 ONIONSHARE_REQUIRE= ONIONSHARE_TEST_PATIENCE=20
command -v perl >/dev/null || { echo "Perl is needed (apt install perl)." >&2; echo "0 killed, 0 survived"; exit 2; }

root=$PWD tests=tests/OnionShare.Engine.Tests
mkdir -p out
work=$(mktemp -d "$root/out/mutants.XXXXXX") # below the repository: tests look for its files
trap 'rm -rf "$work"' EXIT
mkdir "$work/blocks"
# One file a block, named by its place in the lists.
cat tests/mutants/guards/*.txt |
  awk -v to="$work/blocks" '/^#/ { next } /^@ / { n++; file = sprintf("%s/%03d", to, n); sub(/^@ /, ""); print "name " $0 > file; next } n && NF { print > file }'
of() { sed -n "s/^$2 //p" "$work/blocks/$1"; }

# Puts the new lines in the place of the old ones; fails unless those are there exactly once.
change() {
  perl -e '
    my ($block, $path) = @ARGV; my ($old, $new) = ("", "");
    open(my $b, "<", $block) or die $!;
    while (my $line = <$b>) { $old .= $1 if $line =~ /^- (.*\n)/s; $new .= $1 if $line =~ /^\+ (.*\n)/s; }
    open(my $f, "<", $path) or die "$path: $!\n"; local $/; my $text = <$f>; close $f; $text =~ s/\r\n/\n/g;
    my $times = () = $text =~ /\Q$old\E/g;
    die "the lines are there $times times\n" unless length $old and $times == 1;
    $text =~ s/\Q$old\E/$new/; open($f, ">", $path) or die $!; print $f $text;
  ' "$work/blocks/$1" "$2"
}

stale=0
for block in $(ls "$work/blocks"); do
  file=$(of "$block" file)
  cp "$file" "$work/text" && change "$block" "$work/text" || { echo "«$(of "$block" name)» does not apply to $file any more: follow the guard." >&2; stale=$((stale + 1)); }
done
[ "${1:-}" != --check ] || { echo "$(ls "$work/blocks" | wc -l) guards, $stale of them not found"; exit $((stale > 0)); }

mapfile -t chosen < <(ls "$work/blocks")
case ${1:---all} in
  --all) ;;
  --draw) mapfile -t chosen < <(printf '%s\n' "${chosen[@]}" | shuf --random-source=<(git rev-parse HEAD; yes "$(git rev-parse HEAD)") -n "${2:?how many?}") ;;
  --part) mapfile -t chosen < <(printf '%s\n' "${chosen[@]}" | awk -v k="${2%/*}" -v n="${2#*/}" 'NR % n == k % n') ;;
  *) mapfile -t chosen < <(cd "$work/blocks" && grep -lF -- "$1" *) ;;
esac

built=$tests/bin/Release/net10.0
[ -x $built/OnionShare.Engine.Tests ] || dotnet build $tests -c Release --nologo -v quiet || { echo "0 killed, 0 survived"; exit 1; }
compiler=$(dotnet msbuild src/OnionShare.Contracts -getProperty:RoslynTargetsPath)/bincore/csc.dll

project_of() { cut -d/ -f2 <<<"$1"; }
assembly_of() { case $1 in OnionShare.Engine) echo onionshare-engine.dll ;; *) echo "$1.dll" ;; esac; }

# How the compiler is called for a project (as of Roslyn's task Csc, one argument a line), but for what it writes.
arguments() {
  dotnet msbuild "src/$1" "-t:ResolveReferences;PrepareResources;Compile" -p:Configuration=Release -p:ProvideCommandLineArgs=true -p:SkipCompilerExecution=true -p:BuildProjectReferences=false \
    -p:RunAnalyzers=false -p:NonExistentFile=nowhere/nothing -getItem:CscCommandLineArgs |
    perl -ne 'next unless /"Identity": "(.*)",\s*$/; my $a = $1; $a =~ s/\\u([0-9A-Fa-f]{4})|\\(.)/defined $1 ? chr hex $1 : $2/ge; print "$a\n" unless $a =~ m{^/(out|refout|doc):}' \
      >"$work/$1.rsp"
}
for project in $(for block in "${chosen[@]}"; do project_of "$(of "$block" file)"; done | sort -u); do arguments "$project"; done

# compile WORKER PROJECT [FILE]: the project's assembly in the worker's folder, with the changed file in the place of FILE.
compile() {
  local at=$work/$1 project=$2 file=${3-}; local within=${file#src/*/}
  perl -pe 'BEGIN { ($old, $new) = splice @ARGV, 0, 2 } s/^"?\Q$old\E"?$/"$new"/' "$within" "$at/changed.cs" "$work/$project.rsp" >"$at/one.rsp"
  [ -z "$within" ] || grep -qF "$at/changed.cs" "$at/one.rsp" || { echo "error: $file is not compiled" >"$at/build.log"; return 1; }
  (cd "src/$project" && dotnet "$compiler" /shared "@$at/one.rsp" "/out:$at/$(assembly_of "$project")") >"$at/build.log" 2>&1
}

# run WORKER SECONDS ARGUMENTS…
run() { timeout -k 5 "$2" "$work/$1/tests/OnionShare.Engine.Tests" "${@:3}" >"$work/$1/test.log" 2>&1; }
count() { sed -n "s/.*$2: \([0-9]*\).*/\1/p" "$work/$1/test.log" | tail -1 | grep . || echo 0; }

# judge WORKER BLOCK: one line with what came of it.
judge() {
  local at=$work/$1 name file test began=$SECONDS assembly status
  name=$(of "$2" name) file=$(of "$2" file) test=$(of "$2" test) assembly=$(assembly_of "$(project_of "$(of "$2" file)")")
  cp "$file" "$at/changed.cs" && change "$2" "$at/changed.cs" 2>/dev/null || { echo "DOES NOT APPLY: $name"; return; } # counted above
  if ! compile "$1" "$(project_of "$file")" "$file"; then
    grep -m3 'error' "$at/build.log" >&2
    echo "DOES NOT BUILD: $name"
    return
  fi
  local compiled=$((SECONDS - began))
  mv "$at/tests/$assembly" "$at/kept.dll" && mv "$at/$assembly" "$at/tests/$assembly"
  run "$1" 60 -method "$test"
  status=$?
  if [ $status = 124 ] || [ $status = 137 ] || [ "$(($(count "$1" Errors) + $(count "$1" Failed)))" -gt 0 ]; then
    echo "killed in $((SECONDS - began)) s ($compiled to compile): $name"
  elif [ "$(count "$1" Total)" -gt 0 ] && [ "$(count "$1" Skipped)" = "$(count "$1" Total)" ]; then
    echo "skipped, its test can't run here: $name"
  else
    # A test that was not run has not failed: the summary tells how many did.
    tail -3 "$at/test.log" >&2
    echo "SURVIVED: $name ($test)"
  fi
  mv "$at/kept.dll" "$at/tests/$assembly"
}

workers=${MUTANT_WORKERS:-2}
for ((worker = 0; worker < workers; worker++)); do mkdir "$work/$worker" && cp -a $built "$work/$worker/tests"; done

# With every guard in its place, compiled in the same way, the tests must pass: else it would not be the guards that they miss.
whole=0
for project in $(cd "$work" && ls *.rsp); do
  project=${project%.rsp}
  if compile 0 "$project"; then for ((worker = 0; worker < workers; worker++)); do cp "$work/0/$(assembly_of "$project")" "$work/$worker/tests/"; done
  else grep -m3 error "$work/0/build.log" >&2; whole=1; fi
done
mapfile -t methods < <(for block in "${chosen[@]}"; do of "$block" test; done | sort -u | sed 's/^/-method\n/')
ONIONSHARE_TEST_PATIENCE=60 run 0 900 "${methods[@]}" || { grep -E '\[FAIL\]|Total:' "$work/0/test.log" >&2; echo "With every guard in its place a test fails already." >&2; whole=1; }

# One compiles while the other runs its test.
for ((worker = 0; worker < workers; worker++)); do
  for ((n = worker; n < ${#chosen[@]}; n += workers)); do judge $worker "${chosen[n]}"; done &
done | tee "$work/results"
# A worker that came to an end early has left some unjudged: these are no proof.
unjudged=$((${#chosen[@]} - $(grep -c '^killed\|^skipped\|^SURVIVED\|^DOES NOT ' "$work/results")))
[ $unjudged = 0 ] || echo "$unjudged were not judged."
killed=$(grep -c '^killed' "$work/results") survived=$(($(grep -c '^SURVIVED\|^DOES NOT BUILD' "$work/results") + unjudged + stale + whole))
echo "$killed killed, $survived survived"
exit $((survived > 0))
