#!/usr/bin/env bash
# Takes guards away, one at a time, and looks whether the test that is named beside each notices (guards.txt).
# usage: tests/mutants/run.sh [--all | --draw N | --check | NAME]
#   --all      every one (the default)       --draw N   N of them, drawn by the commit's hash: the same for the same commit
#   --check    only whether all still apply  NAME       those whose name holds it
# Works in a copy. Fails if one survives, no longer applies or does not build. Ends with one line «N killed, N survived».
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 ONIONSHARE_REQUIRE=
# With the compile server a guard takes seconds to build; without it, a minute.
export UseSharedCompilation=true MSBUILDDISABLENODEREUSE=0
root=$PWD
command -v perl >/dev/null || { echo "Perl is needed (apt install perl)." >&2; echo "0 killed, 0 survived"; exit 2; }

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/blocks"
# One file a block, named by its place in the list.
awk -v to="$copy/blocks" '/^#/ { next } /^@ / { n++; file = sprintf("%s/%03d", to, n); sub(/^@ /, ""); print "name " $0 > file; next } n && NF { print > file }' tests/mutants/guards.txt
of() { sed -n "s/^$2 //p" "$copy/blocks/$1"; }

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
  ' "$copy/blocks/$1" "$2"
}

stale=0
for block in $(ls "$copy/blocks"); do
  file=$(of "$block" file)
  cp "$root/$file" "$copy/text" && change "$block" "$copy/text" || { echo "«$(of "$block" name)» does not apply to $file any more: follow the guard." >&2; stale=$((stale + 1)); }
done
[ "${1:-}" != --check ] || { echo "$(ls "$copy/blocks" | wc -l) guards, $stale of them not found"; exit $((stale > 0)); }

mapfile -t chosen < <(ls "$copy/blocks")
case ${1:---all} in
  --all) ;;
  --draw) mapfile -t chosen < <(printf '%s\n' "${chosen[@]}" | shuf --random-source=<(git rev-parse HEAD; yes "$(git rev-parse HEAD)") -n "${2:?how many?}") ;;
  *) mapfile -t chosen < <(cd "$copy/blocks" && grep -lF -- "$1" *) ;;
esac

# What stands here, built here or not, without its history.
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null
cd "$copy" && git init -q . || exit 1
tests=tests/OnionShare.Engine.Tests
build() { dotnet build $tests -c Release --nologo -v quiet -p:RunAnalyzers=false "$@" >"$copy/build.log" 2>&1; }
build || { tail -20 "$copy/build.log"; echo "The copy could not be built." >&2; echo "0 killed, 0 survived"; exit 1; }

killed=0 survived=$stale
for block in "${chosen[@]}"; do
  name=$(of "$block" name) file=$(of "$block" file) began=$SECONDS
  cp "$file" "$copy/text"
  if ! change "$block" "$file" 2>/dev/null; then continue; fi
  if ! build --no-restore; then
    grep -m3 'error' "$copy/build.log" >&2
    echo "does not build: $name" >&2; survived=$((survived + 1))
  else
    timeout 400 $tests/bin/Release/net10.0/OnionShare.Engine.Tests -method "$(of "$block" test)" >"$copy/test.log" 2>&1
    # A test that was not run has not failed: the summary tells how many did.
    if grep -Eq '(Errors|Failed): [1-9]' "$copy/test.log"; then
      killed=$((killed + 1)); echo "killed in $((SECONDS - began)) s: $name"
    else
      tail -3 "$copy/test.log" >&2
      survived=$((survived + 1)); echo "SURVIVED: $name ($(of "$block" test))"
    fi
  fi
  cp "$copy/text" "$file"
done
echo "$killed killed, $survived survived"
exit $((survived > 0))
