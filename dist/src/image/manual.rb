# Makes man pages of AsciiDoc pages: manual.rb DATE FOLDER PAGE...
require 'asciidoctor'

# What picocli wrote, with three things mended: the asterisks of globs, as in *.jpg or **, would be taken for bold and lost; an
# option without a long form has a comma behind it; and the NAME section, which whatis(1) and apropos(1) read, must have no
# markup.
def mended(text)
  globs = text.gsub(%r{\*(?=[./*])|(?<=[/*])\*(?=[.,; ])}, '{asterisk}')
  options = globs.gsub(/^(\*-\S\*), ::$/, '\1::')
  options.sub(/^== Name\n\n.*$/) { |name| name.delete('*') }
end

date, folder, *pages = ARGV
pages.each do |page|
  source = mended(File.read(page, encoding: 'UTF-8'))
  Asciidoctor.convert source, backend: 'manpage', safe: :safe, to_dir: folder,
                              to_file: "#{File.basename(page, '.adoc')}.1",
                              attributes: { 'docdate' => date[0, 10] }
end
