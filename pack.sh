#!/usr/bin/env bash
# Makes the package that Install-PSResource installs: out/OnionShare.<version>.nupkg, its bill of materials (CycloneDX) and its symbols.
#   ./pack.sh [--no-build] [--require-all] [--project-uri URL]
# It holds ASP.NET Core for every platform below whose runtime pack the package sources have, and says in one line which are missing;
# --require-all fails then. --project-uri is where the project lives, for the package's links.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
platforms=(win-x64 win-arm64 linux-x64 linux-arm64 linux-musl-x64 osx-x64 osx-arm64)
limit=$((60 * 1024 * 1024))

build=yes require_all='' uri=''
while [ $# -gt 0 ]; do
  case $1 in
    --no-build) build='' ;;
    --require-all) require_all=yes ;;
    --project-uri) uri=$2; shift ;;
    *) echo "pack.sh: there is no option $1." >&2; exit 2 ;;
  esac
  shift
done

of() { sed -n "s/^ *$1 *= '\([^']*\)'.*/\1/p" module/OnionShare.psd1 | head -1; }
version=$(of ModuleVersion) prerelease=$(of Prerelease)
full=$version${prerelease:+-$prerelease}
stage=$PWD/out/obj/stage/ symbols=$PWD/out/obj/symbols/

[ -z "$build" ] || dotnet build OnionShare.PowerShell.sln -c Release --nologo -v quiet
rm -rf out/obj out/OnionShare.*
mkdir -p "$stage"bin "$stage"engine "$stage"notices "$symbols"
cp module/OnionShare.* packaging/icon.png LICENSE CHANGELOG.md "$stage"
cp -r module/en-US "$stage"
cp module/bin/OnionShare.*.dll "$stage"bin
cp module/engine/*.dll module/engine/engine.ps1 "$stage"engine
[ ! -d module/engine/torsharp ] || (cd module/engine && find torsharp -name '*.dll' -o -name '*.json' | while read -r file; do
  mkdir -p "$stage$(dirname "engine/$file")" && cp "$file" "${stage}engine/$file"
done)
for project in Contracts Cmdlets Engine Host; do
  find "src/OnionShare.$project/bin/Release" -maxdepth 2 -name '*.pdb' -exec cp {} "$symbols" \;
done

missing=()
for platform in "${platforms[@]}"; do
  if dotnet restore packaging/AspNetCore.proj -p:Platform="$platform" --nologo -v quiet >out/obj/restore.txt 2>&1; then
    dotnet msbuild packaging/AspNetCore.proj -t:CopyPlatform -p:Platform="$platform" -p:Stage="$stage" -nologo -v:quiet
    dotnet run packaging/Reachable.cs -- "${stage}engine/$platform" "$stage"engine/*.dll
  elif grep -q 'NU110[123]' out/obj/restore.txt; then
    missing+=("$platform")
  else
    cat out/obj/restore.txt >&2
    exit 1
  fi
done
[ ${#missing[@]} -eq 0 ] || echo "Not in the package, since no package source here has their ASP.NET Core: ${missing[*]}."
[ ${#missing[@]} -eq 0 ] || [ -z "$require_all" ] || exit 1
cp packaging/THIRD-PARTY-NOTICES.txt "$stage"

# The newest part of the change log; and the tags by which the gallery finds cmdlets.
awk '/^## / { if (found) exit; found = 1; next } found' CHANGELOG.md >out/obj/notes.txt
{
  echo -n "Tor Onion OnionShare FileSharing Privacy Security PSEdition_Core Windows Linux MacOS PSModule PSIncludes_Cmdlet"
  grep -o "'[A-Z][a-z]*-Onion[A-Za-z]*'" module/OnionShare.psd1 | tr -d "'" | awk '{ printf " PSCmdlet_%s PSCommand_%s", $1, $1 }'
} >out/obj/tags.txt
of Description >out/obj/description.txt
was=$(of ProjectUri)
if [ -n "$uri" ]; then
  find "$stage" -maxdepth 2 \( -name '*.psd1' -o -name '*-Help.xml' \) -exec sed -i.bak "s#$was#$uri#g" {} \; && find "$stage" -name '*.bak' -delete
fi

dotnet pack packaging/OnionShare.Package.csproj -c Release --nologo -v quiet -p:Stage="$stage" -p:Symbols="$symbols" -p:PackageVersion="$full" \
  -p:ProjectUri="${uri:-$was}" >out/obj/pack.txt || { cat out/obj/pack.txt >&2; exit 1; }
package=out/OnionShare.$full.nupkg
# Libraries of the engine: what its own list of assemblies calls packages.
root=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
for list in src/OnionShare.Engine/bin/Release/net10.0/onionshare-engine.deps.json module/engine/torsharp/*.deps.json; do
  [ ! -f "$list" ] || tr -d '\n' <"$list" | sed 's/.*"libraries"//' | grep -o '"[^"/]*/[^"]*": *{ *"type": *"package"' | sed 's#^"\([^/]*\)/\([^"]*\)".*#\1 \2#' |
    while read -r id number; do echo "$id $number $root$(tr '[:upper:]' '[:lower:]' <<<"$id")/$number/"; done >>out/obj/components.txt
done
dotnet run packaging/Sbom.cs -- "$package" "$full" out/obj/components.txt "out/OnionShare.$full.cdx.json"
rm -rf out/obj
size=$(wc -c <"$package")
echo "$package, $((size / 1024 / 1024)) MB"
[ "$size" -le $limit ] || { echo "The package is larger than $((limit / 1024 / 1024)) MB." >&2; exit 1; }
