"""
Writes the Office, OpenDocument, EPUB and e-mail documents beside it, with other people's writers:
pip install python-docx openpyxl python-pptx ebooklib odfpy msoffcrypto-tool
"""
import datetime
import io
from email.message import EmailMessage
from pathlib import Path

import docx
from msoffcrypto.format.ooxml import OOXMLFile
import openpyxl
import pptx
from ebooklib import epub
from odf import draw, presentation, style, table, teletype, text
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet, OpenDocumentText

here = Path(__file__).parent
lights = [["Light", "Height", "Keeper"], ["Gull Rock", "18 m", "Ada Brown"], ["Salt Point", "31 m", "Ivo Keller"]]


def word():
    doc = docx.Document()
    doc.add_heading("The harbour lights", 1)
    doc.add_paragraph("Two lights guide ships into the harbour of Salt Point.")
    doc.add_heading("Duties", 2)
    for duty in ["Trim the wick at dusk.", "Log every ship."]:
        doc.add_paragraph(duty, style="List Bullet")
    made = doc.add_table(rows=0, cols=3)
    for cells in lights:
        made.add_row()
        for cell, value in zip(made.rows[-1].cells, cells):
            cell.text = value
    doc.add_paragraph("The log of 1911 is lost; Größe und Müßiggang, 灯台.")
    doc.save(here / "lights.docx")
    plain = OOXMLFile(open(here / "lights.docx", "rb"))
    locked = io.BytesIO()
    plain.encrypt("secret", locked)
    (here / "password.docx").write_bytes(locked.getvalue())


def excel():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Q3"
    sheet.append(["Ship", "Arrived", "Cargo (t)", "Share"])
    for i in range(400):
        sheet.append([f"Ship {i + 1}", datetime.date(2024, 7, 1) + datetime.timedelta(days=i % 90), 0.1 + 0.2 * i, i / 1000])
        sheet.cell(row=i + 2, column=4).number_format = "0.0%"
    notes = book.create_sheet("Notes")
    notes["B2"], notes["C2"] = "Total", "=SUM(Q3!C2:C401)"
    notes["B5"] = "Checked by Ada"
    book.create_sheet("Empty")
    book.save(here / "ships.xlsx")


def powerpoint():
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "The harbour lights"
    body = first.placeholders[1].text_frame
    body.text = "Two lights guide ships."
    more = body.add_paragraph()
    more.text, more.level = "Gull Rock is the smaller one.", 1
    first.notes_slide.notes_text_frame.text = "Say who pays for the oil."
    show.slides.add_slide(show.slide_layouts[6])
    last = show.slides.add_slide(show.slide_layouts[5])
    last.shapes.title.text = "Keepers"
    grid = last.shapes.add_table(3, 3, 0, 2000000, 6000000, 1000000).table
    for r, cells in enumerate(lights):
        for c, value in enumerate(cells):
            grid.cell(r, c).text = value
    show.save(here / "lights.pptx")


def grid_of(rows, name):
    made = table.Table(name=name)
    for cells in rows:
        line = table.TableRow()
        for value in cells:
            cell = table.TableCell()
            cell.addElement(text.P(text=value))
            line.addElement(cell)
        made.addElement(line)
    return made


def open_document():
    doc = OpenDocumentText()
    doc.text.addElement(text.H(outlinelevel=1, text="The harbour lights"))
    paragraph = text.P(text="Two lights guide ships")
    note = text.Note(noteclass="footnote", id="n1")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="The third one burned down in 1911."))
    note.addElement(body)
    paragraph.addElement(note)
    teletype.addTextToElement(paragraph, " into the   harbour.")
    doc.text.addElement(paragraph)
    duties = text.List()
    for duty in ["Trim the wick at dusk.", "Log every ship."]:
        item = text.ListItem()
        item.addElement(text.P(text=duty))
        duties.addElement(item)
    doc.text.addElement(duties)
    doc.text.addElement(grid_of(lights, "Lights"))
    doc.text.addElement(text.P(text="So ends the list."))
    doc.save(here / "lights.odt")

    book = OpenDocumentSpreadsheet()
    book.spreadsheet.addElement(grid_of(lights, "Lights"))
    book.spreadsheet.addElement(grid_of([["Duty", "Hour"], ["Trim the wick", "18"]], "Duties"))
    book.save(here / "lights.ods")

    show = OpenDocumentPresentation()
    page = style.PageLayout(name="page")
    show.automaticstyles.addElement(page)
    master = style.MasterPage(name="master", pagelayoutname=page)
    show.masterstyles.addElement(master)
    for i, words in enumerate(["Two lights guide ships.", "Gull Rock is the smaller one."]):
        slide = draw.Page(masterpagename=master, name=f"page{i}")
        frame = draw.Frame(width="10cm", height="3cm")
        box = draw.TextBox()
        box.addElement(text.P(text=words))
        frame.addElement(box)
        slide.addElement(frame)
        if i == 0:
            notes = presentation.Notes()
            frame = draw.Frame(width="10cm", height="3cm")
            box = draw.TextBox()
            box.addElement(text.P(text="Say who pays for the oil."))
            frame.addElement(box)
            notes.addElement(frame)
            slide.addElement(notes)
        show.presentation.addElement(slide)
    show.save(here / "lights.odp")


def ebook():
    book = epub.EpubBook()
    book.set_identifier("lights")
    book.set_title("The harbour lights")
    book.set_language("en")
    chapters = []
    for i, (title, words) in enumerate([("Chapter 1: Gull Rock", "The smaller light."), ("Chapter 2: Salt Point", "The taller light. " * 400)]):
        chapter = epub.EpubHtml(title=title, file_name=f"text/chapter {i + 1}.xhtml")
        chapter.content = f"<h1>{title}</h1><p>{words}</p><script>alert(1)</script><p>End of it.</p>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = ["nav", *chapters]
    epub.write_epub(here / "lights.epub", book)


def mail():
    message = EmailMessage()
    message["From"] = "Ada Brown <ada@harbour.example>"
    message["To"] = "Ivo Keller <ivo@harbour.example>, watch@harbour.example"
    message["Date"] = "Mon, 04 Mar 2024 18:05:00 +0000"
    message["Subject"] = "Größe of the lamp"
    message.set_content("Dear Ivo,\n\nthe new lamp is 30 cm wide. Grüße,\nAda\n")
    message.add_alternative("<p>HTML that is not needed</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4 not opened", maintype="application", subtype="pdf", filename="lamp.pdf")
    (here / "lamp.eml").write_bytes(bytes(message))


for make in [word, excel, powerpoint, open_document, ebook, mail]:
    make()
